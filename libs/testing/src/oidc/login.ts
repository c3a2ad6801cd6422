import { Browser } from './browser.ts';
import type { OidcAgent } from './people.ts';

/** What a provider answered with. */
export interface OidcTokens {
  readonly accessToken: string;
  readonly idToken?: string;
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Does what a person does in the browser after a program has shown a code: confirms it, and says who they are. */
export async function approveDeviceLogin(verificationUrl: string, person: string): Promise<void> {
  const browser = new Browser();
  const code = await browser.get(verificationUrl); // The address with the code in it: a form that sends itself.
  const confirmation = await browser.submit(code, {});
  const login = await browser.submit(confirmation, { confirm: 'yes' });
  const done = /name="login"/.test(login.html) ? await browser.submit(login, { login: person }) : login;
  if (done.status !== 200 || !/success/i.test(done.html)) {
    throw new Error(`the login of ${person} ended with ${done.status} at ${done.url}`);
  }
}

/** A whole login of a person through the device flow, the browser's part included. */
export async function logInWithDevice(issuer: string, clientId: string, person: string): Promise<OidcTokens> {
  const started = await post(`${issuer}/device/auth`, {
    client_id: clientId,
    scope: 'openid profile email groups',
  });
  await approveDeviceLogin(text(started, 'verification_uri_complete'), person);
  const grant = { grant_type: DEVICE_GRANT, client_id: clientId, device_code: text(started, 'device_code') };
  const tokens = await post(`${issuer}/token`, grant);
  return { accessToken: text(tokens, 'access_token'), idToken: text(tokens, 'id_token') };
}

/** A whole login of an agent, with its client credentials. */
export async function logInAsAgent(issuer: string, agent: OidcAgent): Promise<OidcTokens> {
  const basic = Buffer.from(
    `${encodeURIComponent(agent.clientId)}:${encodeURIComponent(agent.clientSecret)}`,
  );
  const grant = { grant_type: 'client_credentials', scope: 'api' };
  const tokens = await post(`${issuer}/token`, grant, `Basic ${basic.toString('base64')}`);
  return { accessToken: text(tokens, 'access_token') };
}

async function post(url: string, form: Record<string, string>, authorization?: string): Promise<unknown> {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${JSON.stringify(body)}`);
  return body;
}

function text(body: unknown, key: string): string {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined;
  if (typeof value !== 'string') throw new Error(`the provider's answer has no ${key}`);
  return value;
}
