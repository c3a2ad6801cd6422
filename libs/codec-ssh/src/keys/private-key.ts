import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import { CURVES } from './key-type.ts';
import { publicKeyToJwk, type PublicJwk } from './jwk.ts';
import type { EcdsaPublicKey, Ed25519PublicKey, RsaPublicKey } from './public-key.ts';

/** A private key with its public half. Secret; never logged, overwritten by whoever is done with it. */
export type PrivateKey =
  | { readonly type: 'ssh-ed25519'; readonly public: Ed25519PublicKey; readonly seed: Buffer }
  | { readonly type: EcdsaPublicKey['type']; readonly public: EcdsaPublicKey; readonly scalar: Buffer }
  | {
      readonly type: 'ssh-rsa';
      readonly public: RsaPublicKey;
      readonly privateExponent: Buffer;
      readonly coefficient: Buffer;
      readonly primes: readonly [Buffer, Buffer];
    };

const SEED_BYTES = 32;

/** The private fields of the format, after the name of the kind. @throws CodecError */
export function decodePrivateKeyFields(type: string, reader: WireReader): PrivateKey {
  switch (type) {
    case 'ssh-ed25519': {
      const publicKey = reader.string(SEED_BYTES);
      const pair = reader.string(2 * SEED_BYTES);
      if (pair.length !== 2 * SEED_BYTES || !pair.subarray(SEED_BYTES).equals(publicKey)) {
        throw new CodecError('value', 'The halves of a private key do not belong together.');
      }
      return { type, public: { type, publicKey }, seed: pair.subarray(0, SEED_BYTES) };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      if (reader.name() !== CURVES[type].sshName) {
        throw new CodecError('value', 'A key names another curve than its type.');
      }
      return { type, public: { type, point: reader.string() }, scalar: reader.mpint() };
    case 'ssh-rsa': {
      const [modulus, exponent] = [reader.mpint(), reader.mpint()];
      const [privateExponent, coefficient] = [reader.mpint(), reader.mpint()];
      const primes = [reader.mpint(), reader.mpint()] as const;
      return { type, public: { type, exponent, modulus }, privateExponent, coefficient, primes };
    }
    default:
      throw new CodecError('unsupported', 'A private key is of a kind that is not supported.');
  }
}

/** The members of a private JSON Web Key (RFC 7517, 7518, 8037). */
export interface PrivateJwk extends PublicJwk {
  readonly d: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
}

/** For `crypto.createPrivateKey({ key, format: 'jwk' })`. Secret. */
export function privateKeyToJwk(key: PrivateKey): PrivateJwk {
  const shared = publicKeyToJwk(key.public);
  switch (key.type) {
    case 'ssh-ed25519':
      return { ...shared, d: key.seed.toString('base64url') };
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const { coordinateBytes } = CURVES[key.type];
      if (key.scalar.length > coordinateBytes) throw new CodecError('value', 'A private key is too long.');
      const scalar = Buffer.alloc(coordinateBytes);
      scalar.set(key.scalar, coordinateBytes - key.scalar.length);
      return { ...shared, d: scalar.toString('base64url') };
    }
    case 'ssh-rsa': {
      const [p, q] = key.primes;
      return {
        ...shared,
        d: key.privateExponent.toString('base64url'),
        p: p.toString('base64url'),
        q: q.toString('base64url'),
        dp: reduced(key.privateExponent, p).toString('base64url'),
        dq: reduced(key.privateExponent, q).toString('base64url'),
        qi: key.coefficient.toString('base64url'),
      };
    }
  }
}

/** `number` modulo `prime - 1`. */
function reduced(number: Buffer, prime: Buffer): Buffer {
  const modulus = toBigInt(prime) - 1n;
  if (modulus <= 0n) throw new CodecError('value', 'The numbers of an RSA key cannot be such.');
  const digits = (toBigInt(number) % modulus).toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}

function toBigInt(magnitude: Buffer): bigint {
  return magnitude.length === 0 ? 0n : BigInt(`0x${magnitude.toString('hex')}`);
}
