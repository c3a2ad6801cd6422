/**
 * Who the caller is (RFC 4252): a Sallyport certificate, a token as the
 * password, or one typed in (RFC 4256), or a login with a browser. Every
 * credential is shown to the control plane; nothing is decided here but the
 * signature that only this connection can check.
 */
import {
  decodeUserauthRequest,
  encodeUserauthBanner,
  encodeUserauthFailure,
  encodeUserauthPkOk,
  UserauthNumber,
  type PublickeyMethod,
  type UserauthRequest,
} from '@sallyport/codec-ssh';
import { AccessError, toAccessError, type AccessErrorCode } from '@sallyport/errors';
import {
  authenticate as openSession,
  type AuthenticatedIdentity,
  type CallerCredential,
  type ControlPlanePort,
} from '@sallyport/proxy-kit';
import type { DeviceLoginPort } from '../../session-services.ts';
import type { SshTransport } from '../../transport/ssh-transport.ts';
import { refusalSentence } from '../../wire-errors.ts';
import { parseUserName, type RequestedTarget } from '../accept/user-name.ts';
import { askForToken } from './ask-for-token.ts';
import { judgeCertificate } from './judge-certificate.ts';

export interface AuthenticateOptions {
  readonly controlPlane: Pick<ControlPlanePort, 'openSession'> & DeviceLoginPort;
  readonly clientAddress: string;
  readonly clientName: string;
  /** Blobs of the keys that sign callers' certificates. */
  readonly userAuthorities: () => readonly Buffer[];
  readonly maxTries: number;
  /** Raw Ed25519 key for this session's connection to its target. */
  readonly upstreamPublicKey: Uint8Array;
  readonly signal: AbortSignal;
  /** Told that a person was sent to their browser, which takes longer than typing. */
  readonly onDeviceLogin: (expiresAt: Date) => void;
}

/** A caller whom the control plane knows. The client has not been told yet. */
export interface AuthenticatedCaller {
  readonly identity: AuthenticatedIdentity;
  readonly requested: RequestedTarget;
  readonly method: 'certificate' | 'password' | 'keyboard-interactive';
}

const METHODS = ['publickey', 'password', 'keyboard-interactive'];
const SERVICE = 'ssh-connection';
/** Keys that an agent may offer before anything counts as a try. */
const MAX_OFFERS = 64;
/** Refusals after which another try may help; anything else ends the connection. */
const TRY_AGAIN: ReadonlySet<AccessErrorCode> = new Set([
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'target_not_available',
]);

interface Shown {
  readonly credential: CallerCredential;
  readonly method: AuthenticatedCaller['method'];
}

/** @throws AccessError token_*, target_not_available, control_plane_unavailable, handshake_timeout, protocol_violation */
export async function authenticate(
  transport: SshTransport,
  options: AuthenticateOptions,
): Promise<AuthenticatedCaller> {
  let last = new AccessError('token_missing', 'No token or certificate was shown.');
  let offers = 0;
  for (let tries = 0; tries < options.maxTries;) {
    const request = readRequest(await nextMessage(transport, options.signal, tries === 0 ? null : last));
    if (request.service !== SERVICE) throw violation('The client asked for a service that does not exist.');
    if (++offers > MAX_OFFERS) throw violation('Too many ways to log in were tried.');
    const requested = parseUserName(request.user);
    try {
      const shown = await readCredential(transport, request, requested, options);
      if (shown !== null)
        return { ...(await open(shown, requested, options)), requested, method: shown.method };
      continue;
    } catch (thrown) {
      last = toAccessError(thrown);
      if (!TRY_AGAIN.has(last.code)) throw last;
      tries++;
      transport.send(encodeUserauthBanner(`${refusalSentence(last)}\r\n`));
      transport.send(encodeUserauthFailure(METHODS));
    }
  }
  throw last;
}

/** A client that leaves after a refusal left because of it. */
async function nextMessage(
  transport: SshTransport,
  signal: AbortSignal,
  refusal: AccessError | null,
): Promise<Buffer> {
  try {
    return await transport.read(signal);
  } catch (thrown) {
    if (refusal !== null && !transport.isOpen) throw refusal;
    throw thrown;
  }
}

function readRequest(payload: Buffer): UserauthRequest {
  if (payload[0] !== UserauthNumber.USERAUTH_REQUEST)
    throw violation('A message came that has no place in a login.');
  return decodeUserauthRequest(payload);
}

async function open(
  shown: Shown,
  requested: RequestedTarget,
  options: AuthenticateOptions,
): Promise<{ readonly identity: AuthenticatedIdentity }> {
  const { controlPlane, clientAddress, clientName, upstreamPublicKey } = options;
  const identity = await openSession(controlPlane, {
    protocol: 'ssh',
    targetName: requested.target,
    credential: shown.credential,
    clientAddress,
    clientName,
    upstreamPublicKey,
    ...(requested.login === '' ? {} : { login: requested.login }),
  });
  return { identity };
}

/** Null: it was a question, and it is answered. @throws AccessError token_* */
async function readCredential(
  transport: SshTransport,
  request: UserauthRequest,
  requested: RequestedTarget,
  options: AuthenticateOptions,
): Promise<Shown | null> {
  const { method } = request;
  switch (method.kind) {
    case 'password': {
      const token = method.password.toString('utf8').trim();
      if (method.newPassword !== null) throw new AccessError('token_invalid', 'A token is not changed here.');
      if (token === '') throw new AccessError('token_missing', 'No token was given as the password.');
      return { credential: { kind: 'token', token }, method: 'password' };
    }
    case 'keyboard-interactive':
      return {
        credential: { kind: 'token', token: await typedToken(transport, requested, options) },
        method: method.kind,
      };
    case 'publickey':
      return readCertificate(transport, request, method, options);
    case 'none':
    case 'publickey-hostbound-v00@openssh.com':
    case 'unknown':
      transport.send(encodeUserauthFailure(METHODS));
      return null;
  }
}

function typedToken(
  transport: SshTransport,
  requested: RequestedTarget,
  options: AuthenticateOptions,
): Promise<string> {
  const { controlPlane: deviceLogin, clientAddress, signal, onDeviceLogin } = options;
  return askForToken(transport, {
    deviceLogin,
    clientAddress,
    targetName: requested.target,
    signal,
    onDeviceLogin,
  });
}

function readCertificate(
  transport: SshTransport,
  request: UserauthRequest,
  method: PublickeyMethod,
  options: AuthenticateOptions,
): Shown | null {
  const verdict = judgeCertificate(request, method, {
    sessionId: transport.sessionId,
    authorities: options.userAuthorities(),
    sourceAddress: options.clientAddress,
    now: new Date(),
  });
  switch (verdict.kind) {
    case 'signed':
      return { credential: { kind: 'sshCertificate', certificate: method.key }, method: 'certificate' };
    case 'would-do':
      transport.send(encodeUserauthPkOk(method.algorithm, method.key));
      return null;
    case 'not-ours':
      transport.send(encodeUserauthFailure(METHODS));
      return null;
    case 'refused':
      throw new AccessError(verdict.code, verdict.message);
  }
}

function violation(message: string): AccessError {
  return new AccessError('protocol_violation', message);
}
