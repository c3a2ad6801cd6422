import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { decodeIntegerPair, derInteger, derSequence } from './der.ts';
import { CURVES, type EcdsaKeyType } from './key-type.ts';

const ED25519_SIGNATURE_BYTES = 64;

/** The two numbers of an ECDSA signature, as magnitudes without leading zeros. */
export interface EcdsaNumbers {
  readonly r: Buffer;
  readonly s: Buffer;
}

/** What a security key adds to each signature (PROTOCOL.u2f). */
export interface SecurityKeyFacts {
  /** 1: the user was present; 4: the user was verified. */
  readonly flags: number;
  readonly counter: number;
}

/** A signature blob (RFC 4253, 6.6; RFC 5656, 3.1.2; RFC 8332; RFC 8709; PROTOCOL.u2f). */
export type Signature =
  | { readonly algorithm: 'ssh-ed25519'; readonly signature: Buffer }
  | { readonly algorithm: 'rsa-sha2-256' | 'rsa-sha2-512'; readonly signature: Buffer }
  | ({
      readonly algorithm: 'ecdsa-sha2-nistp256' | 'ecdsa-sha2-nistp384' | 'ecdsa-sha2-nistp521';
    } & EcdsaNumbers)
  | ({ readonly algorithm: 'sk-ssh-ed25519@openssh.com'; readonly signature: Buffer } & SecurityKeyFacts)
  | ({ readonly algorithm: 'sk-ecdsa-sha2-nistp256@openssh.com' } & EcdsaNumbers & SecurityKeyFacts)
  /** Not taken here, `ssh-rsa` with its SHA-1 among them. */
  | { readonly algorithm: 'unsupported'; readonly name: string; readonly data: Buffer };

/** @throws CodecError */
export function decodeSignature(blob: Uint8Array): Signature {
  const reader = new WireReader(blob);
  const signature = decodeFields(reader.name(), reader);
  reader.finish();
  return signature;
}

function decodeFields(name: string, reader: WireReader): Signature {
  switch (name) {
    case 'ssh-ed25519':
      return { algorithm: name, signature: ed25519Signature(reader) };
    case 'rsa-sha2-256':
    case 'rsa-sha2-512':
      return { algorithm: name, signature: reader.string() };
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return { algorithm: name, ...ecdsaNumbers(name, reader) };
    case 'sk-ssh-ed25519@openssh.com':
      return {
        algorithm: name,
        signature: ed25519Signature(reader),
        flags: reader.byte(),
        counter: reader.uint32(),
      };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return {
        algorithm: name,
        ...ecdsaNumbers(name, reader),
        flags: reader.byte(),
        counter: reader.uint32(),
      };
    default:
      return { algorithm: 'unsupported', name, data: reader.rest() };
  }
}

export function encodeSignature(signature: Signature): Buffer {
  const writer = new WireWriter();
  writer.text(signature.algorithm === 'unsupported' ? signature.name : signature.algorithm);
  switch (signature.algorithm) {
    case 'ssh-ed25519':
    case 'rsa-sha2-256':
    case 'rsa-sha2-512':
      return writer.string(signature.signature).finish();
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return writer.string(encodeNumbers(signature)).finish();
    case 'sk-ssh-ed25519@openssh.com':
      return writer.string(signature.signature).byte(signature.flags).uint32(signature.counter).finish();
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return writer.string(encodeNumbers(signature)).byte(signature.flags).uint32(signature.counter).finish();
    case 'unsupported':
      return writer.bytes(signature.data).finish();
  }
}

/** As OpenSSL and X.509 write them. */
export function ecdsaNumbersToDer(numbers: EcdsaNumbers): Buffer {
  return derSequence(derInteger(numbers.r), derInteger(numbers.s));
}

/** From what `crypto.sign` gives for an ECDSA key. @throws CodecError */
export function ecdsaNumbersFromDer(der: Uint8Array): EcdsaNumbers {
  const [r, s] = decodeIntegerPair(der);
  return { r, s };
}

/** As IEEE P1363 and WebCrypto write them: both padded to the curve's length. */
export function ecdsaNumbersToP1363(numbers: EcdsaNumbers, type: EcdsaKeyType): Buffer {
  const { coordinateBytes } = CURVES[type];
  const padded = Buffer.alloc(2 * coordinateBytes);
  padded.set(numbers.r, coordinateBytes - numbers.r.length);
  padded.set(numbers.s, 2 * coordinateBytes - numbers.s.length);
  return padded;
}

function ed25519Signature(reader: WireReader): Buffer {
  const bytes = reader.string();
  if (bytes.length !== ED25519_SIGNATURE_BYTES) {
    throw new CodecError('value', 'An Ed25519 signature has another length.');
  }
  return bytes;
}

function ecdsaNumbers(type: EcdsaKeyType, reader: WireReader): EcdsaNumbers {
  const inner = new WireReader(reader.string());
  const numbers = { r: inner.mpint(), s: inner.mpint() };
  inner.finish();
  const most = CURVES[type].coordinateBytes;
  if (numbers.r.length > most || numbers.s.length > most) {
    throw new CodecError('value', 'The numbers of a signature are too large for its curve.');
  }
  return numbers;
}

function encodeNumbers(numbers: EcdsaNumbers): Buffer {
  return new WireWriter().mpint(numbers.r).mpint(numbers.s).finish();
}
