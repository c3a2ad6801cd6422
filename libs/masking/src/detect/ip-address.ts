import { isAlphanumeric, isDigit, isHex } from './characters.ts';
import type { Detector } from './detector.ts';

const DOT = 0x2e;
const COLON = 0x3a;
const LONGEST_IPV6 = 45;
/** Without `::`, and with an IPv4 tail. */
const FEWEST_COLONS = 6;

/** IPv4 addresses: four numbers up to 255, not part of a longer dotted number. */
export const ipv4Detector: Detector = {
  name: 'ipv4',
  hints: '.',
  find(text, report) {
    for (let i = 0; i < text.length; i += 1) {
      if (!isDigit(text.charCodeAt(i))) continue;
      const end = dottedEnd(text, i);
      if (isIpv4(text.slice(i, Math.min(end, i + 16))) && isFree(text, i, end)) report(i, trimmed(text, end));
      i = end;
    }
  },
  mightContain(bytes) {
    for (let i = 1; i < bytes.length; i += 1) {
      if (bytes[i] === DOT && isDigit(bytes[i - 1] ?? 0) && isDigit(bytes[i + 1] ?? 0)) return true;
    }
    return false;
  },
};

/** IPv6 addresses (RFC 4291), also with an IPv4 tail, but not `::` alone, which SQL writes for a cast. */
export const ipv6Detector: Detector = {
  name: 'ipv6',
  hints: ':',
  find(text, report) {
    for (let i = 0; i < text.length; i += 1) {
      if (!isIpv6Character(text.charCodeAt(i))) continue;
      const start = i;
      while (i < text.length && isIpv6Character(text.charCodeAt(i))) i += 1;
      const end = trimmed(text, i);
      if (
        end - start > LONGEST_IPV6 ||
        isAlphanumeric(text.charCodeAt(start - 1)) ||
        isAlphanumeric(text.charCodeAt(i))
      )
        continue;
      if (isIpv6(text.slice(start, end))) report(start, end);
    }
  },
  mightContain(bytes) {
    let colons = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte === COLON) {
        colons += 1;
        if (colons === FEWEST_COLONS || bytes[i - 1] === COLON) return true;
      } else if (colons > 0 && !isHex(byte) && byte !== DOT) colons = 0;
    }
    return false;
  },
};

/** The end of the digits and dots from `start` on. */
function dottedEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === DOT)) end += 1;
  return end;
}

/** Without the full stop of a sentence. */
function trimmed(text: string, end: number): number {
  return text.charCodeAt(end - 1) === DOT ? end - 1 : end;
}

function isFree(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  return !isAlphanumeric(before) && before !== DOT && !isAlphanumeric(text.charCodeAt(end));
}

function isIpv4(text: string): boolean {
  const parts = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  return parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255);
}

function isIpv6Character(code: number): boolean {
  return isHex(code) || code === COLON || code === DOT;
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const sizes = halves.map(groupCount);
  if (sizes.some((size) => size === null)) return false;
  const groups = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return halves.length === 1 ? groups === 8 : groups >= 1 && groups <= 7 && text.length > 3;
}

/** How many 16-bit groups a part between `::` has; null if it is not well formed. */
function groupCount(part: string, index: number, halves: readonly string[]): number | null {
  if (part === '') return 0;
  const groups = part.split(':');
  const last = groups.at(-1) ?? '';
  const isLastHalf = index === halves.length - 1;
  if (isLastHalf && last.includes('.'))
    return isIpv4(last) && groups.slice(0, -1).every(isGroup) ? groups.length + 1 : null;
  return groups.every(isGroup) ? groups.length : null;
}

function isGroup(group: string): boolean {
  return /^[0-9a-fA-F]{1,4}$/.test(group);
}
