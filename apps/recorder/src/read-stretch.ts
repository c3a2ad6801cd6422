import {
  decodeFrameHeader,
  FRAME_HEADER_BYTES,
  glanceAtEvent,
  isFrameIntact,
  readEnvelope,
} from '@sallyport/recording-format';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { MalformedMessageError } from './message-fields.ts';
import { isIndexed, type IndexStretchInit, type StretchBuilder } from './stretch-builder.ts';

/** How much may be found in one reading. */
export interface StretchRoom {
  readonly entries: number;
  readonly bytes: number;
}

/** What is to be indexed of a part of a recording. */
export interface FoundStretch {
  readonly stretch: IndexStretchInit | undefined;
  /** Entries in it, and about how large they are. */
  readonly entries: number;
  readonly bytes: number;
  /** Where in the file to go on. */
  readonly end: number;
  /** Where the file, or an event in it, could not be read. */
  readonly damagedAt: number | undefined;
}

/** Of a frame whose end is not in the window: enough to see what event it holds. */
const GLANCE_BYTES = 512;
const WINDOW_BYTES = 256 * 1024;

/**
 * Reads what is searchable from a recording, between `start` and `size`, until there is no
 * more room. Frames that hold nothing of the kind are passed over, large ones without
 * being read; that their bytes are right is for verification to say.
 */
export async function readStretch(
  recording: { readonly sessionId: string; readonly path: string },
  start: number,
  size: number,
  room: StretchRoom,
  builder: StretchBuilder,
): Promise<FoundStretch> {
  const file = await open(recording.path, 'r');
  try {
    const reading = new StretchReading(builder, start, room);
    while (reading.offset < size && reading.goesOn) {
      const length = Math.min(size - reading.offset, reading.window);
      const bytes = await readAt(file, reading.offset, length);
      reading.take(bytes, size);
      if (bytes.length < length) reading.stopHere();
    }
    return reading.result(recording.sessionId, size);
  } finally {
    await file.close();
  }
}

class StretchReading {
  readonly #builder: StretchBuilder;
  readonly #room: StretchRoom;
  /** Where the next window begins, always with a frame. */
  offset: number;
  /** Bytes that the next window needs at least, if there are so many. */
  window = WINDOW_BYTES;
  goesOn = true;
  #unreadable = false;
  #damagedAt: number | undefined;

  constructor(builder: StretchBuilder, offset: number, room: StretchRoom) {
    this.#builder = builder;
    this.#room = room;
    this.offset = offset;
  }

  result(sessionId: string, size: number): FoundStretch {
    const { count, bytes } = this.#builder;
    return {
      stretch: this.#builder.build(sessionId),
      entries: count,
      bytes,
      end: this.#unreadable ? size : this.offset,
      damagedAt: this.#damagedAt,
    };
  }

  /** Nothing can be read from here on, if more was to be. */
  stopHere(): 0 {
    if (!this.goesOn) return 0;
    this.goesOn = false;
    this.#unreadable = true;
    this.#damagedAt ??= this.offset;
    return 0;
  }

  /** Takes the frames that are whole in `bytes`, and goes behind them. */
  take(bytes: Uint8Array, size: number): void {
    const begin = this.offset;
    this.window = WINDOW_BYTES;
    while (this.goesOn && this.offset < begin + bytes.length) {
      const frame = bytes.subarray(this.offset - begin);
      const wanted = this.#takeFrame(frame, size);
      if (wanted === 0) continue;
      // The next window begins with it, and has all of it.
      this.window = Math.max(WINDOW_BYTES, wanted);
      return;
    }
  }

  /** @returns how many bytes are needed to take the frame if there are not enough, else 0. */
  #takeFrame(bytes: Uint8Array, size: number): number {
    const left = size - this.offset;
    if (left < FRAME_HEADER_BYTES) return this.stopHere();
    if (bytes.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
    const header = decodeFrameHeader(bytes);
    const length = FRAME_HEADER_BYTES + (header?.length ?? 0);
    if (header === undefined || length > left) return this.stopHere();
    // Never beyond a seal: a seal as broken may be taken off again.
    if (header.kind === 'seal') return this.#stop();
    if (bytes.length < Math.min(length, GLANCE_BYTES)) return Math.min(length, GLANCE_BYTES);
    const glance = glanceAtEvent(bytes.subarray(FRAME_HEADER_BYTES, length));
    if (glance !== undefined && !isIndexed(glance.bodyField)) return this.#pass(length);
    if (bytes.length < length) return length;
    const payload = bytes.subarray(FRAME_HEADER_BYTES, length);
    if (!isFrameIntact(bytes, payload, crc32)) return this.stopHere();
    this.#index(payload);
    return this.#pass(length);
  }

  #index(event: Uint8Array): void {
    const envelope = readEnvelope(event);
    if (envelope === undefined || !isIndexed(envelope.bodyField)) return;
    try {
      this.#builder.add(event, envelope);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      // Its proxy made it so. It is in the recording, as it came; there is nothing to search in it.
      this.#damagedAt ??= this.offset;
    }
    const { count, bytes } = this.#builder;
    if (count >= this.#room.entries || bytes >= this.#room.bytes) this.goesOn = false;
  }

  #pass(length: number): 0 {
    this.offset += length;
    return 0;
  }

  #stop(): 0 {
    this.goesOn = false;
    return 0;
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.subarray(0, read);
}
