import { ByteCursor, type ByteSource } from './byte-source.ts';
import { crc32, type Checksum } from './crc32.ts';
import {
  decodeFrameHeader,
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  isFileHeader,
  isFrameIntact,
  type FrameKind,
} from './container.ts';

/** One thing found in a recording's file, in order. `offset` is where it begins. */
export type FileItem =
  | {
      readonly type: 'frame';
      readonly kind: FrameKind;
      readonly payload: Uint8Array;
      readonly offset: number;
      /** Where the next frame begins. */
      readonly end: number;
    }
  /** Its CRC does not fit; what it held is not to be used. */
  | { readonly type: 'damaged-frame'; readonly kind: FrameKind; readonly offset: number }
  /** The file's first 16 bytes are not a header. Frames may still follow. */
  | { readonly type: 'damaged-header'; readonly offset: number }
  /** No frame can begin here; nothing further can be read. */
  | { readonly type: 'unreadable'; readonly offset: number }
  /** The file ends inside its header or inside a frame. */
  | { readonly type: 'cut-off'; readonly offset: number };

/**
 * Reads a recording's file as far as it can be read, in constant memory (one
 * frame). A payload is valid until the next item is asked for.
 */
export async function* readFrames(
  source: ByteSource,
  checksum: Checksum = crc32,
): AsyncGenerator<FileItem, void, undefined> {
  const cursor = new ByteCursor(source);
  try {
    const header = await cursor.take(FILE_HEADER_BYTES);
    if (header.length < FILE_HEADER_BYTES) {
      yield { type: 'cut-off', offset: 0 };
      return;
    }
    if (!isFileHeader(header)) yield { type: 'damaged-header', offset: 0 };
    yield* framesOf(cursor, 0, checksum);
  } finally {
    await cursor.stop();
  }
}

/**
 * As `readFrames`, for a source that begins at `start`, where a frame begins:
 * goes on from where an earlier reading ended. Offsets are those of the file.
 */
export async function* readFramesFrom(
  source: ByteSource,
  start: number,
  checksum: Checksum = crc32,
): AsyncGenerator<FileItem, void, undefined> {
  const cursor = new ByteCursor(source);
  try {
    yield* framesOf(cursor, start, checksum);
  } finally {
    await cursor.stop();
  }
}

async function* framesOf(
  cursor: ByteCursor,
  start: number,
  checksum: Checksum,
): AsyncGenerator<FileItem, void, undefined> {
  for (;;) {
    const item = await readFrame(cursor, start, checksum);
    if (item === undefined) return;
    yield item;
    if (item.type === 'unreadable' || item.type === 'cut-off') return;
  }
}

async function readFrame(
  cursor: ByteCursor,
  start: number,
  checksum: Checksum,
): Promise<FileItem | undefined> {
  const offset = start + cursor.offset;
  const head = Uint8Array.from(await cursor.take(FRAME_HEADER_BYTES));
  if (head.length === 0) return undefined;
  if (head.length < FRAME_HEADER_BYTES) return { type: 'cut-off', offset };
  const header = decodeFrameHeader(head);
  if (header === undefined) return { type: 'unreadable', offset };
  const payload = await cursor.take(header.length);
  if (payload.length < header.length) return { type: 'cut-off', offset };
  if (!isFrameIntact(head, payload, checksum)) return { type: 'damaged-frame', kind: header.kind, offset };
  return { type: 'frame', kind: header.kind, payload, offset, end: start + cursor.offset };
}
