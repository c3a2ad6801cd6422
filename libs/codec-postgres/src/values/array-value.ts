import { Buffer } from 'node:buffer';
import { AccessError } from '@sallyport/errors';
import { MessageCursor } from '../wire/message-cursor.ts';
import { elementCount, formatArray, MAX_DIMENSIONS, parseArray, type ArrayDimension } from './array-text.ts';
import type { ScalarCodec } from './binary-value.ts';

/** array_send: dimensions, whether there are NULLs, the element type, bounds, and length-prefixed elements. */
export function decodeArray(bytes: Buffer, elementOid: number, codec: ScalarCodec): string | null {
  try {
    return readArray(new MessageCursor(bytes, 0, bytes.length), elementOid, codec);
  } catch (error) {
    if (error instanceof AccessError && error.code === 'protocol_violation') return null;
    throw error;
  }
}

function readArray(cursor: MessageCursor, elementOid: number, codec: ScalarCodec): string | null {
  const depth = cursor.int32();
  cursor.int32();
  if (depth < 0 || depth > MAX_DIMENSIONS || cursor.uint32() !== elementOid) return null;
  const dimensions: ArrayDimension[] = [];
  for (let left = depth; left > 0; left--)
    dimensions.push({ length: cursor.int32(), lowerBound: cursor.int32() });
  const elements: (string | null)[] = [];
  for (let left = elementCount(dimensions, cursor.remaining / 4); left > 0; left--) {
    const element = cursor.nullableBytes();
    const text = element === null ? null : codec.decode(element);
    if (element !== null && text === null) return null;
    elements.push(text);
  }
  cursor.finish();
  return formatArray({ dimensions, elements });
}

export function encodeArray(text: string, elementOid: number, codec: ScalarCodec): Buffer | null {
  const array = parseArray(text);
  if (array === null) return null;
  const words = [array.dimensions.length, array.elements.includes(null) ? 1 : 0, elementOid];
  for (const { length, lowerBound } of array.dimensions) words.push(length, lowerBound);
  const parts = [int32s(words)];
  for (const element of array.elements) {
    const bytes = element === null ? null : codec.encode(element);
    if (element !== null && bytes === null) return null;
    parts.push(int32s([bytes === null ? -1 : bytes.length]));
    if (bytes !== null) parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function int32s(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeInt32BE(word, index * 4));
  return bytes;
}
