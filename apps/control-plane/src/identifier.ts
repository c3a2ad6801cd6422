import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes as base62 of a fixed length: letters and digits only, so that a double click selects all of it. */
export function base62(bytes: Uint8Array, length: number): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text = (ALPHABET[Number(value % 62n)] ?? '') + text;
    value /= 62n;
  }
  return text;
}

/** What the prefix of an id says it is of. */
export type IdentifierPrefix = 'ses' | 'tok' | 'hld' | 'lck' | 'jtk' | 'rec';

/** A new id: prefix and 128 random bits; safe in file names, NATS subjects and URLs. */
export function newIdentifier(prefix: IdentifierPrefix): string {
  return `${prefix}_${base62(randomBytes(16), 22)}`;
}
