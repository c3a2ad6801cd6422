import { logInAsAgent, logInWithDevice } from '@sallyport/testing';
import { renameSync, writeFileSync } from 'node:fs';
import type { StateFolder } from '../state/state-folder.ts';
import { controlPlaneUrl } from './control-plane.ts';
import { issuerUrl } from './identity-provider.ts';
import { AGENT, PEOPLE } from './people.ts';
import type { Ports } from './ports.ts';

/** Keeps a file with a token that is valid for everybody, as a person's own command line would. */
export interface TokenKeeper {
  stop(): void;
}

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const LIFETIME_SECONDS = 3_600;
/** Long before they end, so that a token just read from its file is good for a while. */
const RENEW_AFTER_MS = (LIFETIME_SECONDS * 1_000) / 3;
const RETRY_MS = 2_000;

/** Logs everybody in for the first time, and again and again until stopped. */
export async function keepTokens(
  state: StateFolder,
  ports: Ports,
  log: (line: string) => void,
): Promise<TokenKeeper> {
  const everybody = [...PEOPLE.map(({ name }) => name), AGENT.clientId];
  const renew = () => Promise.all(everybody.map((name) => writeToken(state, ports, name)));
  await renew();
  let timer: NodeJS.Timeout | undefined;
  const next = (delayMs: number) => {
    timer = setTimeout(() => {
      renew().then(
        () => next(RENEW_AFTER_MS),
        (error: unknown) => {
          log(`tokens could not be renewed: ${error instanceof Error ? error.message : 'unknown reason'}`);
          next(RETRY_MS);
        },
      );
    }, delayMs);
  };
  next(RENEW_AFTER_MS);
  return { stop: () => clearTimeout(timer) };
}

export function tokenFile(state: StateFolder, name: string): string {
  return state.file('tokens', name);
}

async function writeToken(state: StateFolder, ports: Ports, name: string): Promise<void> {
  const { accessToken } = await logIn(state, ports, name);
  const { token } = await exchange(ports, accessToken);
  const file = tokenFile(state, name);
  writeFileSync(`${file}.new`, token, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function logIn(state: StateFolder, ports: Ports, name: string) {
  const issuer = issuerUrl(ports);
  if (name !== AGENT.clientId) return logInWithDevice(issuer, 'sallyport-cli', name);
  return logInAsAgent(issuer, { ...AGENT, clientSecret: state.secret('shop-agent-client') });
}

/** Trades a token of the identity provider for a Sallyport token (RFC 8693). */
export async function exchange(
  ports: Ports,
  subjectToken: string,
  lifetimeSeconds = LIFETIME_SECONDS,
): Promise<{ token: string }> {
  const response = await fetch(`${controlPlaneUrl(ports)}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN,
      requested_lifetime: `${lifetimeSeconds}`,
    }),
  });
  const body = (await response.json()) as { access_token?: string; error_description?: string };
  if (body.access_token === undefined)
    throw new Error(`the control plane gave no token: ${body.error_description ?? response.status}`);
  return { token: body.access_token };
}
