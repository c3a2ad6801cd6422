import { crc32 } from 'node:zlib';

/**
 * One event as it lies in the spool and travels to JetStream: its length and
 * the CRC-32 of its bytes (both little-endian, 4 bytes), then the bytes.
 */
export const RECORD_HEADER_BYTES = 8;

/** Header of the record that holds `parts`, one after the other. */
export function recordHeader(parts: readonly Uint8Array[], byteLength: number): Buffer {
  let crc = 0;
  for (const part of parts) crc = crc32(part, crc);
  const header = Buffer.allocUnsafe(RECORD_HEADER_BYTES);
  header.writeUInt32LE(byteLength, 0);
  header.writeUInt32LE(crc, 4);
  return header;
}

/** Bytes of the record that begins `bytes`, header included, as far as its header is there. */
export function recordLength(bytes: Buffer): number | undefined {
  return bytes.length < RECORD_HEADER_BYTES ? undefined : RECORD_HEADER_BYTES + bytes.readUInt32LE(0);
}

/** A record found in a buffer. */
export interface FoundRecord {
  readonly event: Uint8Array;
  /** Offset just after the record. */
  readonly end: number;
}

/**
 * The record at `offset`: `incomplete` when the buffer ends inside it,
 * `damaged` when it cannot be one (no length, over `maxEventBytes`, or another CRC).
 */
export function readRecord(
  bytes: Uint8Array,
  offset: number,
  maxEventBytes: number,
): FoundRecord | 'incomplete' | 'damaged' {
  const start = offset + RECORD_HEADER_BYTES;
  if (start > bytes.length) return 'incomplete';
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, RECORD_HEADER_BYTES);
  const length = view.getUint32(0, true);
  if (length === 0 || length > maxEventBytes) return 'damaged';
  const end = start + length;
  if (end > bytes.length) return 'incomplete';
  const event = bytes.subarray(start, end);
  return crc32(event) === view.getUint32(4, true) ? { event, end } : 'damaged';
}
