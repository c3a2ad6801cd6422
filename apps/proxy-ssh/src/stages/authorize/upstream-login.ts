/** Logs in to a target (RFC 4252) with the credential that the control plane gave. */
import {
  decodeCertificate,
  decodeUserauthFailure,
  decodeUserauthInfoRequest,
  encodeUserauthInfoResponse,
  encodeUserauthRequest,
  signatureAlgorithmsOf,
  userauthSignedData,
  UserauthNumber,
  type PublickeyMethod,
  type SignatureAlgorithm,
  type UserauthMethod,
} from '@sallyport/codec-ssh';
import type { Upstream } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import { readLoginKey, type LoginKey } from '../../transport/node-crypto.ts';
import type { SshTransport } from '../../transport/ssh-transport.ts';
import { encodeService, TransportNumber } from '../../transport/transport-message.ts';

const SERVICE = 'ssh-connection';
const EMPTY = Buffer.alloc(0);
/** Messages a server may send before it says yes or no: banners, and questions for the password. */
const MAX_MESSAGES = 32;

/** The login on the target that a session acts as. */
export function upstreamUser({ credential }: Upstream): string {
  switch (credential.case) {
    case 'password':
    case 'sshPrivateKey':
    case 'sshCertificate':
      return credential.value.username;
    case undefined:
      return '';
  }
}

/** @throws AccessError target_refused_credential, target_unreachable */
export async function logIn(
  transport: SshTransport,
  upstream: Upstream,
  sessionKey: LoginKey,
  signal: AbortSignal,
): Promise<void> {
  const user = upstreamUser(upstream);
  // Both at once: a server takes messages in order, and this saves a round trip.
  transport.send(encodeService(5, 'ssh-userauth'));
  const { credential } = upstream;
  switch (credential.case) {
    case 'password':
      await logInWithPassword(transport, user, credential.value.password, signal);
      return;
    case 'sshPrivateKey':
      transport.send(signedRequest(transport, user, readKey(credential.value.privateKeyPem), null));
      await expectSuccess(transport, signal);
      return;
    case 'sshCertificate':
      transport.send(signedRequest(transport, user, sessionKey, Buffer.from(credential.value.certificate)));
      await expectSuccess(transport, signal);
      return;
    case undefined:
      throw refused();
  }
}

async function logInWithPassword(
  transport: SshTransport,
  user: string,
  password: string,
  signal: AbortSignal,
): Promise<void> {
  const secret = Buffer.from(password, 'utf8');
  const request = (method: UserauthMethod) => encodeUserauthRequest({ user, service: SERVICE, method });
  transport.send(request({ kind: 'password', password: secret, newPassword: null }));
  const methods = await outcome(transport, signal, null);
  if (methods === null) return;
  // Servers that keep passwords behind PAM often ask for them this way only.
  if (!methods.includes('keyboard-interactive')) throw refused();
  transport.send(request({ kind: 'keyboard-interactive', languageTag: '', submethods: '' }));
  if ((await outcome(transport, signal, secret)) !== null) throw refused();
}

async function expectSuccess(transport: SshTransport, signal: AbortSignal): Promise<void> {
  if ((await outcome(transport, signal, null)) !== null) throw refused();
}

/** Null: logged in. Else the methods that are left. `secret` answers questions that are not echoed. */
async function outcome(
  transport: SshTransport,
  signal: AbortSignal,
  secret: Buffer | null,
): Promise<readonly string[] | null> {
  for (let count = 0; count < MAX_MESSAGES; count++) {
    const payload = await transport.read(signal);
    switch (payload[0]) {
      case TransportNumber.SERVICE_ACCEPT:
      case UserauthNumber.USERAUTH_BANNER:
        break;
      case UserauthNumber.USERAUTH_SUCCESS:
        return null;
      case UserauthNumber.USERAUTH_FAILURE: {
        const { canContinue, partialSuccess } = decodeUserauthFailure(payload);
        return partialSuccess ? [] : canContinue;
      }
      case UserauthNumber.USERAUTH_INFO_REQUEST: {
        if (secret === null) throw refused();
        const { prompts } = decodeUserauthInfoRequest(payload);
        if (prompts.length > 1 || prompts.some(({ echo }) => echo)) throw refused();
        transport.send(encodeUserauthInfoResponse(prompts.map(() => secret)));
        break;
      }
      default:
        throw new AccessError(
          'target_unreachable',
          'The target did not keep to the protocol while it was logged in to.',
        );
    }
  }
  throw refused();
}

/** A publickey request with its signature at once, without asking first. */
function signedRequest(
  transport: SshTransport,
  user: string,
  key: LoginKey,
  certificate: Buffer | null,
): Buffer {
  const signatureAlgorithm = pickAlgorithm(key, transport.peerSignatureAlgorithms);
  const method: PublickeyMethod = {
    kind: 'publickey',
    algorithm: certificate === null ? signatureAlgorithm : decodeCertificate(certificate).type,
    key: certificate ?? key.blob,
    hostKey: null,
    signature: EMPTY,
  };
  const request = { user, service: SERVICE, method };
  const signature = key.sign(signatureAlgorithm, userauthSignedData(transport.sessionId, request));
  return encodeUserauthRequest({ ...request, method: { ...method, signature } });
}

/** The best that the server said it takes; it may have said nothing. */
function pickAlgorithm(key: LoginKey, taken: readonly string[] | null): SignatureAlgorithm {
  const own = signatureAlgorithmsOf(key.publicKey.type);
  const best = own.find((name) => taken?.includes(name) ?? true) ?? own[0];
  if (best === undefined) throw refused();
  return best;
}

function readKey(file: string): LoginKey {
  try {
    return readLoginKey(file);
  } catch (error) {
    throw new AccessError('target_refused_credential', "The target's private key cannot be read.", {}, error);
  }
}

function refused(): AccessError {
  return new AccessError('target_refused_credential', 'The target did not take its credential.');
}
