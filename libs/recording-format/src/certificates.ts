import { fromBinary, toBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import {
  RecorderCertificateBodySchema,
  SessionCertificateBodySchema,
  type RecorderCertificate,
  type RecorderCertificateBody,
  type SessionCertificate,
  type SessionCertificateBody,
} from '@sallyport/contracts/event';
import { equalBytes } from './equal-bytes.ts';
import { recorderCertificateMessage, sessionCertificateMessage } from './signed-message.ts';
import type { VerifyCrypto } from './verify-crypto.ts';

/** Raw Ed25519 public keys of the control plane's recording key: the one in use and any before it. */
export type TrustedKeys = Uint8Array | readonly Uint8Array[];

/** `not_trusted`: signed by a key that is not among the trusted ones. `invalid`: a trusted key did not sign this. */
export type CertificateFault = 'not_trusted' | 'invalid';

interface SignedBody {
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  readonly signerKeyId: Uint8Array;
}

/** What a session's certificate says, if a trusted key signed it. */
export function verifySessionCertificate(
  certificate: SessionCertificate,
  trusted: TrustedKeys,
  crypto: VerifyCrypto,
): Promise<SessionCertificateBody | CertificateFault> {
  const message = sessionCertificateMessage(certificate.body);
  return verifySigned(SessionCertificateBodySchema, certificate, message, trusted, crypto);
}

/** What a recorder's certificate says, if a trusted key signed it. */
export function verifyRecorderCertificate(
  certificate: RecorderCertificate,
  trusted: TrustedKeys,
  crypto: VerifyCrypto,
): Promise<RecorderCertificateBody | CertificateFault> {
  const message = recorderCertificateMessage(certificate.body);
  return verifySigned(RecorderCertificateBodySchema, certificate, message, trusted, crypto);
}

async function verifySigned<Desc extends DescMessage>(
  schema: Desc,
  signed: SignedBody,
  message: Uint8Array,
  trusted: TrustedKeys,
  crypto: VerifyCrypto,
): Promise<MessageShape<Desc> | CertificateFault> {
  const key = await findKey(signed.signerKeyId, trusted, crypto);
  if (key === undefined) return 'not_trusted';
  if (!(await crypto.verifyEd25519(key, message, signed.signature))) return 'invalid';
  return decode(schema, signed.body) ?? 'invalid';
}

async function findKey(
  keyId: Uint8Array,
  trusted: TrustedKeys,
  crypto: VerifyCrypto,
): Promise<Uint8Array | undefined> {
  const keys = trusted instanceof Uint8Array ? [trusted] : trusted;
  for (const key of keys) if (equalBytes(await crypto.sha256(key), keyId)) return key;
  return undefined;
}

/** The message that `bytes` encode, or undefined. For what a signature covers: fields unknown here are the signer's. */
export function decode<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
): MessageShape<Desc> | undefined {
  try {
    return fromBinary(schema, bytes);
  } catch {
    return undefined;
  }
}

/**
 * As `decode`, for what no signature covers: only if encoding it again gives
 * the same bytes, so that no unknown, repeated or reordered field can hide.
 */
export function decodeCanonical<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
): MessageShape<Desc> | undefined {
  const message = decode(schema, bytes);
  return message !== undefined && equalBytes(toBinary(schema, message, { writeUnknownFields: false }), bytes)
    ? message
    : undefined;
}
