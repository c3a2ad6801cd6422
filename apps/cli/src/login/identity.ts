import { readFile } from 'node:fs/promises';
import * as openid from 'openid-client';
import { CliError, reasonOf } from '../cli-error.ts';
import { discoverIssuer, providerError } from './discover.ts';
import type { SubjectToken } from './exchange-token.ts';
import type { LoginSource } from './login.ts';
import { pickSubject, type ProviderTokens } from './pick-subject.ts';

/** Who somebody is, as an identity provider or a file says, and how to ask again. */
export interface Identity {
  readonly subject: SubjectToken;
  readonly source: LoginSource;
}

/** What the device flow tells the person to do. */
export interface DevicePrompt {
  readonly url: string;
  readonly code: string;
  /** The address with the code in it, where the provider has one. */
  readonly completeUrl: string | undefined;
}

export interface DeviceLogin {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** The device flow (RFC 8628): a person confirms a code in any browser. */
export async function deviceIdentity(
  login: DeviceLogin,
  prompt: (prompt: DevicePrompt) => void,
  signal: AbortSignal,
): Promise<Identity> {
  const { issuer, clientId, audience } = login;
  const config = await discoverIssuer(issuer, clientId, openid.None());
  const supported = config.serverMetadata().scopes_supported ?? [];
  const scopes = new Set(login.scopes.length > 0 ? login.scopes : ['openid']);
  if (supported.includes('offline_access')) scopes.add('offline_access');
  try {
    const started = await openid.initiateDeviceAuthorization(config, {
      scope: [...scopes].join(' '),
      audience,
    });
    prompt({
      url: started.verification_uri,
      code: started.user_code,
      completeUrl: started.verification_uri_complete,
    });
    const tokens = await openid.pollDeviceAuthorizationGrant(config, started, undefined, { signal });
    const refreshToken = tokens.refresh_token;
    const source = {
      kind: 'device',
      issuer,
      clientId,
      ...(refreshToken === undefined ? {} : { refreshToken }),
    } as const;
    return { subject: pickSubject(tokensOf(tokens), audience), source };
  } catch (error) {
    if (signal.aborted) throw new CliError('interrupted', 'The login was interrupted.');
    throw providerError(issuer, error);
  }
}

/** Asks again with the refresh token of an earlier device login. */
export async function refreshedIdentity(
  source: Extract<LoginSource, { kind: 'device' }>,
  audience: string,
): Promise<Identity> {
  const { issuer, clientId, refreshToken } = source;
  if (refreshToken === undefined)
    throw new CliError('notAuthenticated', 'The login has ended.', {
      next: 'Log in again with "sallyport login".',
    });
  const config = await discoverIssuer(issuer, clientId, openid.None());
  try {
    const tokens = await openid.refreshTokenGrant(config, refreshToken);
    return {
      subject: pickSubject(tokensOf(tokens), audience),
      source: { ...source, refreshToken: tokens.refresh_token ?? refreshToken },
    };
  } catch (error) {
    throw providerError(issuer, error);
  }
}

/** The client credentials grant (RFC 6749, section 4.4): a program says who it is. */
export async function clientIdentity(
  source: Extract<LoginSource, { kind: 'client-credentials' }>,
): Promise<Identity> {
  const { issuer, clientId, clientSecretFile, audience, scope } = source;
  const secret = await readSecretFile(clientSecretFile);
  const config = await discoverIssuer(issuer, clientId, clientAuthentication(secret));
  try {
    const tokens = await openid.clientCredentialsGrant(config, {
      audience,
      ...(scope === '' ? {} : { scope }),
    });
    return { subject: pickSubject(tokensOf(tokens), audience), source };
  } catch (error) {
    throw providerError(issuer, error);
  }
}

/** A JWT that something else put into a file: a Kubernetes service account's, a CI system's. */
export async function fileIdentity(
  source: Extract<LoginSource, { kind: 'identity-token-file' }>,
): Promise<Identity> {
  return { subject: { token: await readSecretFile(source.file), type: 'jwt' }, source };
}

function tokensOf(tokens: openid.TokenEndpointResponse): ProviderTokens {
  return { accessToken: tokens.access_token, idToken: tokens.id_token };
}

/** In the Authorization header (which every provider must take), unless the provider says that it only takes it in the body. */
function clientAuthentication(secret: string): openid.ClientAuth {
  const basic = openid.ClientSecretBasic(secret);
  const post = openid.ClientSecretPost(secret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const apply =
      methods.includes('client_secret_basic') || !methods.includes('client_secret_post') ? basic : post;
    apply(server, client, body, headers);
  };
}

async function readSecretFile(file: string): Promise<string> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('usage', `${file} cannot be read.`, { reason: reasonOf(error) });
  }
  const secret = content.trim();
  if (secret === '') throw new CliError('usage', `${file} is empty.`);
  return secret;
}
