import { CliError } from '../cli-error.ts';
import type { Settings } from '../connection/settings.ts';
import type { World } from '../world.ts';
import { exchangeToken, NOT_NARROWED, type IssuedToken, type Narrowing } from './exchange-token.ts';
import type { Identity } from './identity.ts';
import type { Login } from './login.ts';

/** A stored token with less life than this is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

const NO_TOKEN = 'Run "sallyport login", or set SALLYPORT_TOKEN or SALLYPORT_TOKEN_FILE.';

/** The token to call with: the one given, or the stored login's, renewed when it is about to end. */
export async function tokenToUse(world: World, settings: Settings): Promise<string> {
  switch (settings.token.kind) {
    case 'given':
      return settings.token.token;
    case 'login': {
      if (!isEnding(settings.token.login, world.now())) return settings.token.login.token;
      return (await renewedLogin(world, settings)).token;
    }
    case 'none':
      throw new CliError('notAuthenticated', `You are not logged in at ${settings.url}.`, { next: NO_TOKEN });
  }
}

/** The stored login with a new token, stored again. Whoever comes second takes what the first one got. */
export function renewedLogin(world: World, settings: Settings): Promise<Login> {
  const { store, url } = settings;
  return store.locked(world, async () => {
    const login = (await store.read()).logins[url];
    if (login === undefined)
      throw new CliError('notAuthenticated', `You are not logged in at ${url}.`, { next: NO_TOKEN });
    if (!isEnding(login, world.now())) return login;
    const { subject, source } = await identityAgain(settings, login);
    const issued = await exchangeToken(url, subject, NOT_NARROWED, world.now());
    const renewed: Login = {
      ...login,
      source,
      token: issued.token,
      expiresAt: issued.expiresAt.toISOString(),
    };
    await store.put(url, renewed);
    return renewed;
  });
}

/** A token besides the login's own, for fewer targets or actions, or for another time. */
export function narrowedToken(world: World, settings: Settings, narrowing: Narrowing): Promise<IssuedToken> {
  const { store, url, token } = settings;
  if (token.kind === 'given') {
    return exchangeToken(url, { token: token.token, type: 'access_token' }, narrowing, world.now());
  }
  return store.locked(world, async () => {
    const login = (await store.read()).logins[url];
    if (login === undefined)
      throw new CliError('notAuthenticated', `You are not logged in at ${url}.`, { next: NO_TOKEN });
    const { subject } = await identityAgain(settings, login);
    return exchangeToken(url, subject, narrowing, world.now());
  });
}

/**
 * Asks the identity provider again. What it needs for the time after that is stored at
 * once: a refresh token is good for one use, so one that got lost because
 * something later failed would end the login.
 */
async function identityAgain({ url, store }: Settings, login: Login): Promise<Identity> {
  const identity = await askAgain(url, login);
  await store.put(url, { ...login, source: identity.source });
  return identity;
}

async function askAgain(url: string, { source }: Login): Promise<Identity> {
  const { clientIdentity, fileIdentity, refreshedIdentity } = await import('./identity.ts');
  switch (source.kind) {
    case 'device': {
      const { readLoginOptions } = await import('./login-options.ts');
      const options = await readLoginOptions(url);
      return refreshedIdentity(
        source,
        options.find(({ issuer }) => issuer === source.issuer)?.audience ?? '',
      );
    }
    case 'client-credentials':
      return clientIdentity(source);
    case 'identity-token-file':
      return fileIdentity(source);
  }
}

function isEnding({ expiresAt }: Login, now: Date): boolean {
  const expires = Date.parse(expiresAt);
  return Number.isNaN(expires) || expires - now.getTime() < RENEW_BEFORE_MS;
}
