import type { ColumnMask } from '../column-mask.ts';
import { DigestStream } from '../keyed/digest-stream.ts';
import { keyedHash } from '../keyed/keyed-hash.ts';
import { tokenizeText } from '../strategies/tokenize.ts';
import { visibleCount } from '../strategies/visible-count.ts';

/** What stands for a hidden number. */
export const REDACTED_NUMBER = '0';

/**
 * Masks an integer. Partial keeps the last digits as a number (123456789 to
 * 6789), truncate the first ones with zeros behind (123456789 to 123400000).
 * Hash, tokenize and fake give another number of as many digits that fits
 * whichever of int2, int4 and int8 the value was of. The sign is dropped.
 */
export function maskInteger(text: string, mask: ColumnMask): string {
  const digits = /^[+-]?0*([1-9][0-9]*)$/.exec(text)?.[1];
  if (digits === undefined) return REDACTED_NUMBER;
  switch (mask.strategy) {
    case 'partial':
      return canonical(digits.slice(digits.length - visibleCount(digits.length, mask)));
    case 'truncate':
      return truncated(digits, mask);
    case 'hash':
    case 'tokenize':
    case 'fake':
      return mask.key === undefined ? REDACTED_NUMBER : otherInteger(digits, mask.key);
    case 'redact':
    case 'null':
      return REDACTED_NUMBER;
  }
}

/** Masks a number that may have a fraction or an exponent; the same as for integers, keeping the point in its place. */
export function maskDecimal(text: string, mask: ColumnMask): string {
  const parts = /^[+-]?([0-9]*)\.([0-9]+)$/.exec(text);
  if (parts === null) return maskInteger(text, mask);
  const [, whole = '', fraction = ''] = parts;
  switch (mask.strategy) {
    case 'partial':
      return partialDecimal(whole, fraction, mask);
    case 'truncate':
      return truncated(whole.replace(/^0+/, ''), mask);
    case 'hash':
    case 'tokenize':
    case 'fake':
      return mask.key === undefined ? REDACTED_NUMBER : otherDecimal(whole, fraction, mask.key);
    case 'redact':
    case 'null':
      return REDACTED_NUMBER;
  }
}

function partialDecimal(whole: string, fraction: string, mask: ColumnMask): string {
  const digits = whole + fraction;
  const visible = visibleCount(digits.length, mask);
  const kept = '0'.repeat(digits.length - visible) + digits.slice(digits.length - visible);
  return `${canonical(kept.slice(0, whole.length))}.${kept.slice(whole.length)}`;
}

function truncated(digits: string, mask: ColumnMask): string {
  const visible = visibleCount(digits.length, mask);
  return visible === 0 ? REDACTED_NUMBER : digits.slice(0, visible) + '0'.repeat(digits.length - visible);
}

/** Without leading zeros, and never empty. */
function canonical(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, '') || REDACTED_NUMBER;
}

/** The largest first digit that keeps a number of this many digits inside int2, int4 or int8. */
function largestFirstDigit(length: number): number {
  if (length === 5) return 2;
  if (length === 10) return 1;
  return length === 19 ? 8 : 9;
}

/**
 * Another integer of as many digits. Not a permutation where the first digit
 * is bounded, so there two values may, rarely, share one.
 */
function otherInteger(digits: string, key: Uint8Array): string {
  const token = tokenizeText(digits, key);
  const stream = new DigestStream(keyedHash(key), 'integer', digits);
  const largest = largestFirstDigit(digits.length);
  const first = token.charAt(0);
  const fits = first !== '0' && Number(first) <= largest;
  const other = (fits ? first : String(1 + stream.below(largest))) + token.slice(1);
  if (other !== digits) return other;
  return digits.slice(0, -1) + String((Number(digits.slice(-1)) + 1) % 10);
}

/** Another fraction with another whole part, as long as they were. */
function otherDecimal(whole: string, fraction: string, key: Uint8Array): string {
  const token = tokenizeText(`${whole}.${fraction}`, key);
  const point = token.indexOf('.');
  return `${canonical(token.slice(0, point))}.${token.slice(point + 1)}`;
}
