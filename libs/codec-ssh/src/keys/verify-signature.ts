import { Buffer } from 'node:buffer';
import { outcomeOf } from '../wire/outcome.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { CURVES } from './key-type.ts';
import { isStrongKey } from './key-strength.ts';
import type { PublicKey } from './public-key.ts';
import { signatureAlgorithmsOf, type SignatureAlgorithm } from './signature-algorithm.ts';
import { decodeSignature, ecdsaNumbersToDer, type Signature } from './signature.ts';
import { publicKeyToSpki } from './spki.ts';

/** One signature for the cryptography to check: what `crypto.verify` of node takes. */
export interface SignatureCheck {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer;
  /** null: the algorithm (Ed25519) hashes by itself. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  readonly data: Buffer;
  /** RSA: PKCS #1 v1.5; ECDSA: DER; Ed25519: 64 bytes. */
  readonly signature: Buffer;
}

/** The cryptography that whoever calls brings along; this codec has none. */
export interface SignatureCrypto {
  verify(check: SignatureCheck): boolean;
  sha256(bytes: Uint8Array): Uint8Array;
}

export interface SignatureRules {
  /** The only algorithm allowed, where one was announced; else any that the key signs with. */
  readonly algorithm?: SignatureAlgorithm;
  /** Security keys: the user's PIN or finger must have been checked. */
  readonly requireUserVerification?: boolean;
  /** Security keys: a signature without a touch will do. */
  readonly allowWithoutTouch?: boolean;
}

export type SignatureVerdict =
  'good' | 'malformed' | 'algorithm-refused' | 'key-too-short' | 'no-touch' | 'user-not-verified' | 'wrong';

const USER_PRESENT = 1;
const USER_VERIFIED = 4;

/**
 * Whether a signature blob over `data` is the key's. SHA-1, an algorithm of
 * another kind of key and RSA keys under 2,048 bits are refused; cryptography
 * that throws (a point off its curve) is no.
 */
export function verifySignature(
  key: PublicKey,
  blob: Uint8Array,
  data: Uint8Array,
  crypto: SignatureCrypto,
  rules: SignatureRules = {},
): SignatureVerdict {
  const decoded = outcomeOf(() => decodeSignature(blob));
  if (!decoded.ok) return 'malformed';
  const signature = decoded.value;
  if (!isStrongKey(key)) return 'key-too-short';
  const allowed = signatureAlgorithmsOf(key.type).filter((name) => (rules.algorithm ?? name) === name);
  if (!allowed.some((name) => name === signature.algorithm)) return 'algorithm-refused';
  if ('flags' in signature) {
    if ((signature.flags & USER_PRESENT) === 0 && rules.allowWithoutTouch !== true) return 'no-touch';
    const verified = (signature.flags & USER_VERIFIED) !== 0;
    if (rules.requireUserVerification === true && !verified) return 'user-not-verified';
  } else if (rules.requireUserVerification === true) {
    return 'user-not-verified';
  }
  const check = signatureCheck(key, signature, data, crypto);
  return check !== null && holds(crypto, check) ? 'good' : 'wrong';
}

function signatureCheck(
  key: PublicKey,
  signature: Signature,
  data: Uint8Array,
  crypto: SignatureCrypto,
): SignatureCheck | null {
  const spki = publicKeyToSpki(key);
  const bytes = Buffer.from(data);
  switch (signature.algorithm) {
    case 'ssh-ed25519':
      return { spki, hash: null, data: bytes, signature: signature.signature };
    case 'rsa-sha2-256':
    case 'rsa-sha2-512': {
      const hash = signature.algorithm === 'rsa-sha2-256' ? 'sha256' : 'sha512';
      return { spki, hash, data: bytes, signature: padded(signature.signature, key) };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return {
        spki,
        hash: CURVES[signature.algorithm].hash,
        data: bytes,
        signature: ecdsaNumbersToDer(signature),
      };
    case 'sk-ssh-ed25519@openssh.com':
      return {
        spki,
        hash: null,
        data: securityKeyData(key, signature, bytes, crypto),
        signature: signature.signature,
      };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return {
        spki,
        hash: 'sha256',
        data: securityKeyData(key, signature, bytes, crypto),
        signature: ecdsaNumbersToDer(signature),
      };
    case 'unsupported':
      return null;
  }
}

/** What a security key signs (PROTOCOL.u2f): the application, its own facts and the data's digest. */
function securityKeyData(
  key: PublicKey,
  facts: { readonly flags: number; readonly counter: number },
  data: Buffer,
  crypto: SignatureCrypto,
): Buffer {
  const application = 'application' in key ? key.application : '';
  return new WireWriter()
    .bytes(crypto.sha256(Buffer.from(application, 'utf8')))
    .byte(facts.flags)
    .uint32(facts.counter)
    .bytes(crypto.sha256(data))
    .finish();
}

/** Some signers leave leading zeros of an RSA signature out, which verifiers then refuse. */
function padded(signature: Buffer, key: PublicKey): Buffer {
  const length = key.type === 'ssh-rsa' ? key.modulus.length : signature.length;
  if (signature.length >= length) return signature;
  return Buffer.concat([Buffer.alloc(length - signature.length), signature]);
}

function holds(crypto: SignatureCrypto, check: SignatureCheck): boolean {
  try {
    return crypto.verify(check);
  } catch {
    return false;
  }
}
