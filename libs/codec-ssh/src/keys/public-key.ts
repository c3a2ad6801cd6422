import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { CURVES, isKeyType, type EcdsaKeyType, type KeyType } from './key-type.ts';

const ED25519_BYTES = 32;
const UNCOMPRESSED_POINT = 4;
const MAX_EXPONENT_BYTES = 8;
const MAX_APPLICATION_BYTES = 1024;

export interface Ed25519PublicKey {
  readonly type: 'ssh-ed25519';
  readonly publicKey: Buffer;
}

export interface EcdsaPublicKey {
  readonly type: 'ecdsa-sha2-nistp256' | 'ecdsa-sha2-nistp384' | 'ecdsa-sha2-nistp521';
  /** Uncompressed: 4, x, y. Whether it is on its curve is for the cryptography to tell. */
  readonly point: Buffer;
}

export interface RsaPublicKey {
  readonly type: 'ssh-rsa';
  /** Big-endian, without leading zeros. */
  readonly exponent: Buffer;
  readonly modulus: Buffer;
}

export interface SkEd25519PublicKey {
  readonly type: 'sk-ssh-ed25519@openssh.com';
  readonly publicKey: Buffer;
  /** What the security key was enrolled for; mostly `ssh:`. */
  readonly application: string;
}

export interface SkEcdsaPublicKey {
  readonly type: 'sk-ecdsa-sha2-nistp256@openssh.com';
  readonly point: Buffer;
  readonly application: string;
}

export type PublicKey =
  Ed25519PublicKey | EcdsaPublicKey | RsaPublicKey | SkEd25519PublicKey | SkEcdsaPublicKey;

/**
 * Reads a public key blob. Certificates have their own decoder.
 * @throws CodecError; `unsupported` for a kind of key that is not taken here
 */
export function decodePublicKey(blob: Uint8Array): PublicKey {
  const reader = new WireReader(blob);
  const type = reader.name();
  if (!isKeyType(type))
    throw new CodecError('unsupported', 'A public key is of a kind that is not supported.');
  const key = decodeKeyFields(type, reader);
  reader.finish();
  return key;
}

export function encodePublicKey(key: PublicKey): Buffer {
  return encodeKeyFields(new WireWriter().text(key.type), key).finish();
}

/** What follows the name in a public key blob, and the nonce in a certificate. */
export function decodeKeyFields(type: KeyType, reader: WireReader): PublicKey {
  switch (type) {
    case 'ssh-ed25519':
      return { type, publicKey: ed25519Bytes(reader) };
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return { type, point: ecPoint(type, reader) };
    case 'ssh-rsa':
      return rsaFields(reader);
    case 'sk-ssh-ed25519@openssh.com':
      return { type, publicKey: ed25519Bytes(reader), application: reader.text(MAX_APPLICATION_BYTES) };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { type, point: ecPoint(type, reader), application: reader.text(MAX_APPLICATION_BYTES) };
  }
}

export function encodeKeyFields(writer: WireWriter, key: PublicKey): WireWriter {
  switch (key.type) {
    case 'ssh-ed25519':
      return writer.string(key.publicKey);
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return writer.text(CURVES[key.type].sshName).string(key.point);
    case 'ssh-rsa':
      return writer.mpint(key.exponent).mpint(key.modulus);
    case 'sk-ssh-ed25519@openssh.com':
      return writer.string(key.publicKey).text(key.application);
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return writer.text(CURVES[key.type].sshName).string(key.point).text(key.application);
  }
}

function ed25519Bytes(reader: WireReader): Buffer {
  const bytes = reader.string();
  if (bytes.length !== ED25519_BYTES) throw new CodecError('value', 'An Ed25519 key has another length.');
  return bytes;
}

function ecPoint(type: EcdsaKeyType, reader: WireReader): Buffer {
  const curve = CURVES[type];
  if (reader.name() !== curve.sshName)
    throw new CodecError('value', 'A key names another curve than its type.');
  const point = reader.string();
  if (point.length !== 1 + 2 * curve.coordinateBytes || point[0] !== UNCOMPRESSED_POINT) {
    throw new CodecError('value', 'A point is not an uncompressed one of its curve.');
  }
  return point;
}

function rsaFields(reader: WireReader): RsaPublicKey {
  const exponent = reader.mpint();
  const modulus = reader.mpint();
  const odd = (number: Buffer): boolean => ((number.at(-1) ?? 0) & 1) === 1;
  const one = exponent.length === 1 && exponent[0] === 1;
  if (!odd(exponent) || one || exponent.length > MAX_EXPONENT_BYTES || !odd(modulus)) {
    throw new CodecError('value', 'The numbers of an RSA key cannot be such.');
  }
  return { type: 'ssh-rsa', exponent, modulus };
}
