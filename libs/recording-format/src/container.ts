import { crc32, type Checksum } from './crc32.ts';

/**
 * The file that holds a recording (docs/reference/recording.md): a header of
 * 16 bytes, then frames. Numbers are little-endian.
 *
 *     header  magic 8 | version 2 | flags 2 | CRC-32 of those 12 bytes 4
 *     frame   kind 1 | length 4 | CRC-32 of kind, length and payload 4 | payload
 */
export const FILE_HEADER_BYTES = 16;
export const FRAME_HEADER_BYTES = 9;
/** No frame is longer; guards a reader against a damaged length. */
export const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/** As PNG's: catches a file that was cut to seven bits or had its line ends changed. */
const MAGIC = Uint8Array.of(0x89, 0x53, 0x4c, 0x59, 0x52, 0x45, 0x43, 0x0a);
const VERSION = 1;

/** What a frame holds. `E`: an encoded Event; `S`: an encoded Seal. */
export const FRAME_KIND = { event: 0x45, seal: 0x53 } as const;
export type FrameKind = keyof typeof FRAME_KIND;

/** The bytes with which every recording begins. */
export function encodeFileHeader(): Uint8Array {
  const header = new Uint8Array(FILE_HEADER_BYTES);
  header.set(MAGIC);
  const view = new DataView(header.buffer);
  view.setUint16(8, VERSION, true);
  view.setUint32(12, crc32(header.subarray(0, 12)), true);
  return header;
}

/** Whether `bytes` begin with the header of a recording that this code can read. No other version or flag is known. */
export function isFileHeader(bytes: Uint8Array): boolean {
  return (
    bytes.length >= FILE_HEADER_BYTES && encodeFileHeader().every((byte, index) => bytes[index] === byte)
  );
}

/** What stands before a frame's payload. The CRC is checked against the payload, not here. */
export interface FrameHeader {
  readonly kind: FrameKind;
  readonly length: number;
  readonly crc: number;
}

/** The header of the frame that holds `payload`. `checksum` may be a faster CRC-32. */
export function encodeFrameHeader(
  kind: FrameKind,
  payload: Uint8Array,
  checksum: Checksum = crc32,
): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  writeFrameHeader(header, 0, kind, payload, checksum);
  return header;
}

/** As `encodeFrameHeader`, at an offset of `target`; returns the offset just after it. */
export function writeFrameHeader(
  target: Uint8Array,
  offset: number,
  kind: FrameKind,
  payload: Uint8Array,
  checksum: Checksum,
): number {
  target[offset] = FRAME_KIND[kind];
  writeUint32(target, offset + 1, payload.length);
  // A few bytes are summed sooner here than by a call into another library.
  writeUint32(target, offset + 5, checksum(payload, crc32(target.subarray(offset, offset + 5))));
  return offset + FRAME_HEADER_BYTES;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let index = 3; index >= 0; index -= 1) value = value * 0x100 + (bytes[offset + index] ?? 0);
  return value;
}

function writeUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value;
  target[offset + 1] = value >>> 8;
  target[offset + 2] = value >>> 16;
  target[offset + 3] = value >>> 24;
}

/** The frame header at the start of `bytes` (at least 9); undefined when no frame can begin so. */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  const kind = kindOf(bytes[0]);
  const length = readUint32(bytes, 1);
  if (kind === undefined || length === 0 || length > MAX_PAYLOAD_BYTES) return undefined;
  return { kind, length, crc: readUint32(bytes, 5) };
}

/** Whether the payload is the one that the frame was made of. */
export function isFrameIntact(header: Uint8Array, payload: Uint8Array, checksum: Checksum = crc32): boolean {
  return checksum(payload, crc32(header.subarray(0, 5))) === readUint32(header, 5);
}

function kindOf(byte: number | undefined): FrameKind | undefined {
  if (byte === FRAME_KIND.event) return 'event';
  return byte === FRAME_KIND.seal ? 'seal' : undefined;
}
