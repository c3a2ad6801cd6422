import type { ColumnMask } from '../column-mask.ts';
import { toHex } from '../keyed/digest-stream.ts';
import { keyedHash } from '../keyed/keyed-hash.ts';

/** The nil UUID (RFC 9562). */
export const REDACTED_UUID = '00000000-0000-0000-0000-000000000000';

/** Masks a UUID: hash, tokenize and fake give the same version 8 UUID for the same value, anything else the nil UUID. */
export function maskUuid(text: string, mask: ColumnMask): string {
  if (!isStable(mask) || mask.key === undefined) return REDACTED_UUID;
  const bytes = keyedHash(mask.key).digestText('uuid', text.toLowerCase()).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What stands for hidden bytes: none. */
export const REDACTED_BYTES = '\\x';

/** Masks a bytea in its hex form: hash, tokenize and fake give 16 bytes, the same for the same value; anything else none. */
export function maskBytes(text: string, mask: ColumnMask): string {
  if (!isStable(mask) || mask.key === undefined) return REDACTED_BYTES;
  return REDACTED_BYTES + toHex(keyedHash(mask.key).digestText('bytes', text).subarray(0, 16));
}

/** Whether equal values get equal, distinguishable results. */
export function isStable(mask: ColumnMask): boolean {
  return mask.strategy === 'hash' || mask.strategy === 'tokenize' || mask.strategy === 'fake';
}
