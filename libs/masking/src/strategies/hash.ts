import { toHex } from '../keyed/digest-stream.ts';
import { keyedHash } from '../keyed/keyed-hash.ts';

/** Half of the code: 128 bits are enough that no two values of a table meet. */
const HASH_BYTES = 16;

/** The first 128 bits of HMAC-SHA-256, 32 hexadecimal characters: equal values stay equal, so joins and counts work. */
export function hashText(text: string, key: Uint8Array): string {
  return toHex(keyedHash(key).digestText('hash', text).subarray(0, HASH_BYTES));
}
