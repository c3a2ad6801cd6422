import { Buffer } from 'node:buffer';

/**
 * Tests over raw bytes that are cheap enough for all traffic. Each may say yes
 * too often, and never no where a detector would find something.
 */

/** The same bytes as a Buffer, whose searches are native. Copies nothing. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether one of the ASCII texts is in the bytes. */
export function hasAny(bytes: Uint8Array, needles: readonly string[]): boolean {
  const buffer = asBuffer(bytes);
  return needles.some((needle) => buffer.includes(needle, 0, 'latin1'));
}

/** The hints of whatever has digits in it. */
export const DIGITS = '0123456789';

const DIGIT = 1;
const BETWEEN = 2;

/** Digits, what may stand between the digits of one number, and the rest. Bytes from 0x80 may be part of a space or dash outside ASCII. */
const NUMBER_CLASS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  return byte >= 0x80 || ' -.()/+'.includes(String.fromCharCode(byte)) ? BETWEEN : 0;
});

/**
 * Whether at least `digits` digits stand together, with nothing but
 * separators between. Looks at each `digits`-th byte only, until one is of
 * such a run: a run cannot fit between two probes.
 */
export function hasDigitRun(bytes: Uint8Array, digits: number): boolean {
  let from = 0;
  for (let probe = digits - 1; probe < bytes.length; probe += digits) {
    if (classOf(bytes, probe) === 0) {
      from = probe + 1;
      continue;
    }
    const end = runEnd(bytes, from, probe, digits);
    if (end < 0) return true;
    from = end;
    probe = end;
  }
  return false;
}

/** The end of the run around `probe`, which starts at `from` or later; -1 if it has enough digits. */
function runEnd(bytes: Uint8Array, from: number, probe: number, digits: number): number {
  let start = probe;
  while (start > from && classOf(bytes, start - 1) !== 0) start -= 1;
  let count = 0;
  let at = start;
  for (let kind = classOf(bytes, at); kind !== 0; kind = classOf(bytes, at)) {
    if (kind === DIGIT) {
      count += 1;
      if (count === digits) return -1;
    }
    at += 1;
  }
  return at;
}

function classOf(bytes: Uint8Array, at: number): number {
  return NUMBER_CLASS[bytes[at] ?? 0] ?? 0;
}
