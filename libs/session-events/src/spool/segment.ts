import { readdirSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * The spool is one endless sequence of bytes, cut into files. A segment's name
 * is the position of its first byte in that sequence, so a position finds its
 * file without an index.
 *
 * A segment begins with a header: magic, length and CRC-32 of the rest, then
 * JSON that says which sessions were open when it was begun. So the newest
 * segment alone tells which sessions a crash has orphaned. Records follow.
 */
const MAGIC = Buffer.from('SLYSPL01', 'latin1');
const PREAMBLE_BYTES = MAGIC.length + 8;
const MAX_HEADER_JSON_BYTES = 16 * 1024 * 1024;
const NAME = /^([0-9]{16})\.seg$/;

/** Sessions whose SessionClosed was not written, with their last sequence. */
export type OpenSessions = ReadonlyMap<string, number>;

/** A segment's file name. */
export function segmentName(base: number): string {
  return `${base.toString().padStart(16, '0')}.seg`;
}

/** First positions of the segments in `directory`, oldest first. */
export function listSegments(directory: string): number[] {
  return readdirSync(directory)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

/** The bytes with which a segment begins. */
export function encodeSegmentHeader(open: OpenSessions): Buffer {
  const json = Buffer.from(JSON.stringify({ open: [...open] }));
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  MAGIC.copy(preamble);
  preamble.writeUInt32LE(json.length, MAGIC.length);
  preamble.writeUInt32LE(crc32(json), MAGIC.length + 4);
  return Buffer.concat([preamble, json]);
}

/** A segment's header and where its records begin. */
export interface SegmentHeader {
  readonly open: OpenSessions;
  readonly end: number;
}

/** The header at the start of `bytes`: `incomplete` when they end inside it, `damaged` when it is none. */
export function readSegmentHeader(bytes: Buffer): SegmentHeader | 'incomplete' | 'damaged' {
  if (bytes.length < PREAMBLE_BYTES) return 'incomplete';
  const length = bytes.readUInt32LE(MAGIC.length);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || length > MAX_HEADER_JSON_BYTES) return 'damaged';
  const end = PREAMBLE_BYTES + length;
  if (bytes.length < end) return 'incomplete';
  const json = bytes.subarray(PREAMBLE_BYTES, end);
  if (crc32(json) !== bytes.readUInt32LE(MAGIC.length + 4)) return 'damaged';
  return { open: openSessionsOf(JSON.parse(json.toString())), end };
}

/** Takes only what `encodeSegmentHeader` writes; anything else in it is left out. */
function openSessionsOf(value: unknown): OpenSessions {
  const open = new Map<string, number>();
  if (typeof value !== 'object' || value === null || !('open' in value) || !Array.isArray(value.open))
    return open;
  for (const entry of value.open as readonly unknown[]) {
    if (!Array.isArray(entry)) continue;
    const [sessionId, sequence] = entry as readonly unknown[];
    if (typeof sessionId === 'string' && typeof sequence === 'number') open.set(sessionId, sequence);
  }
  return open;
}
