import type { Buffer } from 'node:buffer';
import { protocolViolation } from './protocol-violation.ts';

/** Bytes of the type byte and the length word before each message's body. */
export const HEADER_BYTES = 5;

/**
 * One whole message, header included, as a region of a buffer that somebody
 * else owns: `source[start]` is the type byte, `end` is exclusive. Decoders
 * read from it without copying; whoever keeps it longer than the buffer
 * lives must copy.
 */
export interface Frame {
  readonly type: number;
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The frame that fills `bytes` exactly. @throws AccessError protocol_violation if it does not */
export function frameOf(bytes: Buffer): Frame {
  const type = bytes[0];
  if (type === undefined || bytes.length < HEADER_BYTES || bytes.readInt32BE(1) + 1 !== bytes.length) {
    throw protocolViolation('The length of a message does not match its bytes.');
  }
  return { type, source: bytes, start: 0, end: bytes.length };
}

/** The frame's bytes, header included; shares memory with its source. */
export function frameBytes(frame: Frame): Buffer {
  return frame.source.subarray(frame.start, frame.end);
}

/** The frame's bytes after the header; shares memory with its source. */
export function frameBody(frame: Frame): Buffer {
  return frame.source.subarray(frame.start + HEADER_BYTES, frame.end);
}
