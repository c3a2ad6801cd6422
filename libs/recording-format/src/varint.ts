/**
 * Base-128 varints and field tags of the protobuf wire format
 * (https://protobuf.dev/programming-guides/encoding/), for numbers up to 2^53.
 */

/** A decoded varint and the offset just after it. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/** Bytes that `value` takes as a varint. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Writes `value` at `offset` and returns the offset just after it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[at++] = rest;
  return at;
}

/** The varint at `offset`, or undefined when it is cut off, longer than eight bytes, or above 2^53 - 1. */
export function readVarint(bytes: Uint8Array, offset: number): Varint | undefined {
  let value = 0;
  let scale = 1;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[offset + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return Number.isSafeInteger(value) ? { value, end: offset + index + 1 } : undefined;
    scale *= 0x80;
  }
  return undefined;
}

/** Tag of a length-delimited field. */
export function lengthDelimitedTag(fieldNumber: number): number {
  return fieldNumber * 8 + 2;
}
