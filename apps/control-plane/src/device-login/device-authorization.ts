import * as openid from 'openid-client';
import { guardedRequest } from '../identity/fetch-json.ts';
import { isAllowedFetchUrl } from '../identity/issuer-url.ts';
import type { Issuer } from '../identity/issuer.ts';
import { pickSubjectToken, type SubjectToken } from './pick-subject-token.ts';

/** A login at the provider that waits for a person (RFC 8628). */
export interface DeviceAuthorization {
  readonly verificationUrl: string;
  readonly userCode: string;
  readonly expiresInSeconds: number;
  /** What the provider says of who they are. Rejects where they decline or the time is over. */
  wait(signal: AbortSignal): Promise<SubjectToken | undefined>;
}

const USER_CODE = /^[\x20-\x7e]{1,64}$/;

/** Begins one with the issuer's public client. Every request is guarded like that for keys. */
export async function beginDeviceAuthorization(
  { url, deviceClientId, scopes, audiences }: Issuer,
  signal: AbortSignal,
): Promise<DeviceAuthorization> {
  const server = new URL(url);
  // Where http is allowed at all is the guard's to say: on loopback.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to stand out
  const execute = server.protocol === 'http:' ? [openid.allowInsecureRequests] : [];
  const config = await openid.discovery(server, deviceClientId, undefined, openid.None(), {
    execute,
    [openid.customFetch]: (address, options) => guardedFetch(address, options, signal),
  });
  const started = await openid.initiateDeviceAuthorization(config, {
    scope: scopes.join(' '),
    ...(audiences[0] === undefined ? {} : { audience: audiences[0] }),
  });
  const verificationUrl = started.verification_uri_complete ?? started.verification_uri;
  // They end up on callers' terminals.
  if (!isAllowedFetchUrl(verificationUrl) || !USER_CODE.test(started.user_code))
    throw new Error('the identity provider gave a link or a code that is none');
  return {
    verificationUrl: new URL(verificationUrl).href,
    userCode: started.user_code,
    expiresInSeconds: started.expires_in,
    wait: async (waiting) => {
      const tokens = await openid.pollDeviceAuthorizationGrant(config, started, undefined, {
        signal: waiting,
      });
      return pickSubjectToken(tokens.access_token, tokens.id_token, audiences);
    },
  };
}

async function guardedFetch(
  url: string,
  { method, headers, body }: openid.CustomFetchOptions,
  signal: AbortSignal,
): Promise<Response> {
  const answer = await guardedRequest(url, {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    ...(body === undefined || body === null ? {} : { body: new URLSearchParams(asForm(body)).toString() }),
    signal,
  });
  const init = { status: answer.status, headers: { 'content-type': answer.contentType } };
  return new Response(hasNoBody(answer.status) ? null : answer.text, init);
}

/** What is sent to a provider are forms; anything else would be news to this code. */
function asForm(body: unknown): URLSearchParams {
  if (body instanceof URLSearchParams) return body;
  throw new Error('a request to the identity provider is not a form');
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
