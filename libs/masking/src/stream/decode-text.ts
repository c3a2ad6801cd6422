import { Buffer, isAscii } from 'node:buffer';

/** Bytes as text, with the way back. */
export interface DecodedText {
  readonly text: string;
  /** Where each UTF-16 unit starts in the bytes; null: each at its own offset. */
  readonly offsets: Uint32Array | null;
  /** Bytes that make up `text`; what comes behind is the start of a character. */
  readonly complete: number;
}

/** Stands for a byte that is not UTF-8: part of no value. */
const NOT_TEXT = 0;

/** Decodes UTF-8 (RFC 3629), byte by byte where it is none. Never throws. */
export function decodeText(bytes: Buffer): DecodedText {
  if (isAscii(bytes)) return { text: bytes.toString('latin1'), offsets: null, complete: bytes.length };
  const units = new Uint16Array(bytes.length);
  const offsets = new Uint32Array(bytes.length);
  let count = 0;
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      offsets[count] = at;
      units[count++] = first;
      at += 1;
      continue;
    }
    const length = sequenceLength(bytes, at);
    if (length === CUT_OFF) break;
    const point = length === 0 ? NOT_TEXT : codePoint(bytes, at, length);
    offsets[count] = at;
    if (point < 0x10000) units[count++] = point;
    else {
      units[count++] = 0xd800 + ((point - 0x10000) >> 10);
      offsets[count] = at;
      units[count++] = 0xdc00 + ((point - 0x10000) & 0x3ff);
    }
    at += Math.max(1, length);
  }
  const text = Buffer.from(units.buffer, 0, count * 2).toString('utf16le');
  return { text, offsets: offsets.subarray(0, count), complete: at };
}

const CUT_OFF = -1;

/** Bytes of the character at `at`; 0: it is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xf0 && first <= 0xf4
      ? 4
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xc2 && first < 0xe0
          ? 2
          : 0;
  for (let i = 1; i < length; i += 1) {
    const next = bytes[at + i];
    if (next === undefined) return CUT_OFF;
    if ((next & 0xc0) !== 0x80) return 0;
  }
  const point = length < 3 ? 0x80 : codePoint(bytes, at, length);
  const isWrong =
    (length === 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) ||
    (length === 4 && (point < 0x10000 || point > 0x10ffff));
  return isWrong ? 0 : length;
}

function codePoint(bytes: Buffer, at: number, length: number): number {
  const first = bytes[at] ?? 0;
  if (length === 1) return first;
  let point = first & (0x7f >> length);
  for (let i = 1; i < length; i += 1) point = (point << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return point;
}
