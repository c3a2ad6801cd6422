import { isStrongKey } from '../keys/key-strength.ts';
import { decodePublicKey } from '../keys/public-key.ts';
import { verifySignature, type SignatureCrypto } from '../keys/verify-signature.ts';
import { outcomeOf } from '../wire/outcome.ts';
import { asBuffer, WireReader } from '../wire/wire-reader.ts';
import { isCertificateName } from './certificate-type.ts';
import type { Certificate } from './certificate.ts';

/** Why a certificate is not believed, for users and hosts alike. */
export type AuthorityRefusal =
  /** The CA is none of the trusted ones. */
  | 'ca-not-trusted'
  /** Certificates do not sign certificates. */
  | 'ca-key-is-certificate'
  /** A CA key of a kind that is not taken, or malformed. */
  | 'ca-key-refused'
  | 'ca-key-too-short'
  /** SHA-1, or an algorithm that is not the CA key's. */
  | 'ca-signature-algorithm-refused'
  | 'ca-signature-malformed'
  | 'ca-signature-wrong'
  /** The certified key is an RSA key that is too short. */
  | 'key-too-short'
  | 'not-yet-valid'
  | 'expired';

export interface AuthorityContext {
  readonly now: Date;
  /** Public key blobs of the trusted CAs. */
  readonly caKeys: readonly Uint8Array[];
  readonly crypto: SignatureCrypto;
}

/** Whether a trusted CA signed the certificate and its time is now; null when so. */
export function authorityRefusal(
  certificate: Certificate,
  context: AuthorityContext,
): AuthorityRefusal | null {
  const name = outcomeOf(() => new WireReader(certificate.caKey).name());
  if (name.ok && isCertificateName(name.value)) return 'ca-key-is-certificate';
  if (!context.caKeys.some((key) => asBuffer(key).equals(certificate.caKey))) return 'ca-not-trusted';
  const caKey = outcomeOf(() => decodePublicKey(certificate.caKey));
  if (!caKey.ok) return 'ca-key-refused';
  if (!isStrongKey(caKey.value)) return 'ca-key-too-short';
  const verdict = verifySignature(
    caKey.value,
    certificate.signature,
    certificate.signedBytes,
    context.crypto,
    // A CA in a security key signs with a touch or without, as it was told to.
    { allowWithoutTouch: true },
  );
  if (verdict === 'algorithm-refused') return 'ca-signature-algorithm-refused';
  if (verdict === 'malformed') return 'ca-signature-malformed';
  if (verdict !== 'good') return 'ca-signature-wrong';
  if (!isStrongKey(certificate.key)) return 'key-too-short';
  return timeRefusal(certificate, context.now);
}

function timeRefusal(certificate: Certificate, now: Date): AuthorityRefusal | null {
  const milliseconds = now.getTime();
  if (!Number.isFinite(milliseconds)) return 'expired';
  const seconds = BigInt(Math.floor(milliseconds / 1000));
  if (seconds < certificate.validAfter) return 'not-yet-valid';
  return seconds >= certificate.validBefore ? 'expired' : null;
}
