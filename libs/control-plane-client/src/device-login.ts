import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { LogInPrompt, LogInResponse } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { asUnavailable } from './unavailable.ts';

export interface DeviceLoginRequest {
  readonly clientAddress: string;
  /** As the caller named it; the token reaches no other target. */
  readonly targetName: string;
  /** Name of the Issuer; absent: the only one that people log in with. */
  readonly issuer?: string;
}

/** What a caller is shown so that they log in with their browser. Never logged: the code logs its reader in. */
export interface DeviceLoginPrompt {
  readonly verificationUrl: string;
  readonly userCode: string;
  readonly expiresAt: Date;
}

/** A login that waits for a person. */
export interface DeviceLogin {
  readonly prompt: DeviceLoginPrompt;
  /** The token, once they have logged in. Rejects with an AccessError when they do not. */
  readonly token: Promise<string>;
}

/** Reads the steps of one login: the prompt at once, the token when it comes. */
export async function followDeviceLogin(answers: AsyncIterable<LogInResponse>): Promise<DeviceLogin> {
  const steps = answers[Symbol.asyncIterator]();
  const first = await nextStep(steps);
  if (first?.case !== 'prompt') {
    await steps.return?.();
    throw incomplete();
  }
  const token = readToken(steps);
  // A caller that hung up does not wait for it; the rejection is then nobody's concern.
  token.catch(() => undefined);
  return { prompt: toPrompt(first.value), token };
}

async function readToken(steps: AsyncIterator<LogInResponse>): Promise<string> {
  const step = await nextStep(steps);
  if (step?.case !== 'token' || step.value === '') throw incomplete();
  return step.value;
}

async function nextStep(steps: AsyncIterator<LogInResponse>): Promise<LogInResponse['step'] | undefined> {
  let next: IteratorResult<LogInResponse, unknown>;
  try {
    next = await steps.next();
  } catch (error) {
    throw asUnavailable(error);
  }
  return next.done === true ? undefined : next.value.step;
}

function toPrompt({ verificationUrl, userCode, expiresAt }: LogInPrompt): DeviceLoginPrompt {
  if (verificationUrl === '' || expiresAt === undefined) throw incomplete();
  return { verificationUrl, userCode, expiresAt: timestampDate(expiresAt) };
}

function incomplete(): AccessError {
  return new AccessError('control_plane_unavailable', 'The control plane ended the login without an answer.');
}
