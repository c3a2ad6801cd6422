import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  LogInPromptSchema,
  LogInResponseSchema,
  type LogInRequest,
  type LogInResponse,
} from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { clientIp } from '../identity/client-address.ts';
import type { Issuer } from '../identity/issuer.ts';
import type { ControlPlaneMetrics } from '../metrics.ts';
import { exchangeToken, outcomeOf, type TokenExchangeOptions } from '../oauth/exchange-token.ts';
import { TARGET_NAME } from '../oauth/token-request.ts';
import { beginDeviceAuthorization, type DeviceAuthorization } from './device-authorization.ts';
import type { LoginPlaces } from './login-places.ts';
import type { SubjectToken } from './pick-subject-token.ts';

export interface DeviceLoginOptions extends TokenExchangeOptions {
  readonly loginPlaces: LoginPlaces;
  readonly metrics: ControlPlaneMetrics;
}

/** A person has so long, whatever the provider allows. */
const MAX_WAIT_MS = 10 * 60_000;

/**
 * Logs a caller in with their browser: a prompt, and once they have been there, a token
 * for the one target, made just as the token endpoint makes it. Neither codes nor tokens
 * are logged.
 */
export async function* logIn(
  options: DeviceLoginOptions,
  { clientAddress, targetName, issuer: issuerName }: LogInRequest,
  signal: AbortSignal,
): AsyncGenerator<LogInResponse> {
  const { resources, loginPlaces, logger, now } = options;
  const issuer = pickIssuer((await resources.current()).issuers.values(), issuerName);
  if (!TARGET_NAME.test(targetName))
    throw new AccessError('target_not_available', 'There is no such target, or it is not open to you.');
  using stack = new DisposableStack();
  stack.use(loginPlaces.take(clientIp(clientAddress)));
  const waiting = AbortSignal.any([signal, AbortSignal.timeout(MAX_WAIT_MS)]);
  const facts = { issuer: issuer.name, clientAddress };
  logger.info('device login begun', facts);
  try {
    const authorization = await begin(issuer, waiting);
    const { verificationUrl, userCode, expiresInSeconds } = authorization;
    const waitMs = Math.min(expiresInSeconds * 1000, MAX_WAIT_MS);
    const prompt = create(LogInPromptSchema, {
      verificationUrl,
      userCode,
      expiresAt: timestampFromMs(now().getTime() + waitMs),
    });
    yield create(LogInResponseSchema, { step: { case: 'prompt', value: prompt } });
    const token = await exchange(options, await confirmed(authorization, waiting), targetName);
    yield create(LogInResponseSchema, { step: { case: 'token', value: token } });
    logger.info('device login done', facts);
  } catch (error) {
    // The message alone: causes can hold what the provider answered.
    logger.info('device login ended', { ...facts, reason: error instanceof Error ? error.message : '' });
    throw error;
  }
}

function pickIssuer(issuers: Iterable<Issuer>, name: string): Issuer {
  const candidates = [...issuers].filter(
    (issuer) => issuer.deviceClientId !== '' && (name === '' || issuer.name === name),
  );
  const [issuer] = candidates;
  if (issuer !== undefined && candidates.length === 1) return issuer;
  throw new AccessError(
    'token_missing',
    issuer === undefined
      ? 'Nobody can log in here with a browser.'
      : 'There are several identity providers to log in with here.',
    { next: 'Run "sallyport login" and show its certificate or token.' },
  );
}

async function begin(issuer: Issuer, signal: AbortSignal): Promise<DeviceAuthorization> {
  try {
    return await beginDeviceAuthorization(issuer, signal);
  } catch (error) {
    throw new AccessError(
      'control_plane_unavailable',
      'The identity provider does not answer.',
      {},
      new Error(`no device authorization: ${error instanceof Error ? error.message : ''}`),
    );
  }
}

async function confirmed(authorization: DeviceAuthorization, signal: AbortSignal): Promise<SubjectToken> {
  let subject: SubjectToken | undefined;
  try {
    // The poll itself sees the end only at its next turn.
    subject = await Promise.race([authorization.wait(signal), rejectedAt(signal)]);
  } catch {
    // Declined, expired, or nobody there any more. The provider's answer is not kept.
    throw new AccessError('token_missing', 'The login in the browser was not completed.', {
      next: 'Connect again and follow the link.',
    });
  }
  if (subject === undefined)
    throw new AccessError('token_invalid', 'The identity provider did not say who you are.');
  return subject;
}

function rejectedAt(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => {
      reject(new Error('nobody waits any more'));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function exchange(
  options: DeviceLoginOptions,
  { token, type }: SubjectToken,
  targetName: string,
): Promise<string> {
  const answer = await exchangeToken(
    options,
    new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: type,
      resource: targetName,
    }),
  );
  options.metrics.exchanged(outcomeOf(answer));
  if (!('error' in answer)) return answer.access_token;
  if (answer.error === 'temporarily_unavailable')
    throw new AccessError('control_plane_unavailable', 'The identity provider does not answer.');
  throw new AccessError('token_invalid', `The login was refused: ${answer.description}.`);
}
