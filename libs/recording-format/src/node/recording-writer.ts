import { SealBodySchema, SealSchema, type Seal, type SealState } from '@sallyport/contracts/event';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  encodeFileHeader,
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  writeFrameHeader,
  type FrameKind,
} from '../container.ts';
import { readEnvelope } from '../event-envelope.ts';
import { readFrames } from '../read-frames.ts';
import { RecordingTail, type Arrival } from '../recording-tail.ts';

const CHUNK_BYTES = 1024 * 1024;

/** How a recording is sealed, and where its seal begins in the file. */
export interface SealMark {
  readonly state: SealState;
  readonly offset: number;
}

/**
 * Writes one recording's file. Appends only what goes on from what is there,
 * at a known position and with bytes that depend on the event alone: two
 * writers of the same events would write the same file.
 *
 * Invariant: `size` is the length of the whole frames. A failed append leaves
 * the recording as it was. Nothing is durable before `sync` has returned.
 */
export class RecordingWriter {
  readonly path: string;
  readonly tail: RecordingTail;
  readonly #file: FileHandle;
  #size: number;
  #seal: SealMark | undefined;
  /** What is on the disk for certain: where to go back to when a sync fails. */
  #durable: { readonly size: number; readonly tail: RecordingTail };

  private constructor(
    path: string,
    tail: RecordingTail,
    file: FileHandle,
    size: number,
    seal: SealMark | undefined,
  ) {
    this.path = path;
    this.tail = tail;
    this.#file = file;
    this.#size = size;
    this.#seal = seal;
    this.#durable = { size, tail: tail.copy() };
  }

  /**
   * Opens the recording of a session, making it where it is missing, and cuts
   * off what a crash left half written. What is cut off without being plainly
   * half a frame is kept beside it, in `PATH.cut-TIME`.
   */
  static async open(path: string, sessionId: string): Promise<RecordingWriter> {
    const created = await mkdir(dirname(path), { recursive: true });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const tail = new RecordingTail(sessionId);
      const found = await recover(path, file, tail);
      // What a process that was killed had written need not be on the disk yet; from here on it counts as if it were.
      await file.datasync();
      await syncDirectory(dirname(path));
      if (created !== undefined) await syncDirectory(dirname(dirname(path)));
      return new RecordingWriter(path, tail, file, found.size, found.seal);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes of whole frames, header included. */
  get size(): number {
    return this.#size;
  }

  get seal(): SealMark | undefined {
    return this.#seal;
  }

  /**
   * Appends those of `events` that go on from the last one, in order, in one
   * write. A seal as broken is taken off first: what was thought lost arrived.
   *
   * @returns what became of each event.
   * @throws Error of the system call; nothing of `events` is in the recording then.
   */
  async append(events: readonly Uint8Array[]): Promise<readonly Arrival[]> {
    const accepted: Uint8Array[] = [];
    const arrivals: Arrival[] = [];
    const next = this.tail.copy();
    for (const event of events) {
      const { arrival, envelope } = next.judge(event);
      arrivals.push(arrival);
      if (arrival !== 'next') continue;
      next.advance(envelope, sha256(event));
      accepted.push(event);
    }
    if (accepted.length === 0) return arrivals;
    if (this.#seal !== undefined) await this.#takeSealOff(this.#seal);
    await this.#write(framesOf('event', accepted));
    this.tail.become(next);
    return arrivals;
  }

  /** Whether something was appended that is not on the disk for certain. */
  get dirty(): boolean {
    return this.#size !== this.#durable.size;
  }

  /**
   * Puts everything appended on the disk. If that fails, everything since the
   * last sync is taken back: the kernel may have dropped it, and syncing the
   * same bytes again could succeed without writing them.
   */
  async sync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(this.#durable.size).catch(() => undefined);
      this.#size = this.#durable.size;
      this.tail.become(this.#durable.tail);
      throw error;
    }
    this.#durable = { size: this.#size, tail: this.tail.copy() };
  }

  /**
   * Ends the recording. The events must be durable before, and the seal is when
   * this returns.
   * @throws Error when it is sealed already.
   */
  async appendSeal(seal: Seal): Promise<void> {
    if (this.#seal !== undefined) throw new Error('the recording is sealed already');
    const offset = this.#size;
    const payload = toBinary(SealSchema, seal);
    await this.#write(framesOf('seal', [payload]));
    await this.sync();
    this.#seal = { state: fromBinary(SealBodySchema, seal.body).state, offset };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #takeSealOff(seal: SealMark): Promise<void> {
    await this.#file.truncate(seal.offset);
    this.#size = seal.offset;
    this.#seal = undefined;
    this.#durable = { size: seal.offset, tail: this.tail.copy() };
  }

  async #write(parts: readonly Uint8Array[]): Promise<void> {
    let end = this.#size;
    try {
      for (let rest = parts; rest.length > 0;) {
        const { bytesWritten } = await this.#file.writev(rest, end);
        if (bytesWritten === 0) throw new Error('the disk took no more bytes');
        end += bytesWritten;
        rest = behind(rest, bytesWritten);
      }
    } catch (error) {
      // If this fails too, the next write goes over what is left, and opening cuts it off.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size = end;
  }
}

/** As a string first: memory of its own for each hash would cost more than the hash. */
function sha256(bytes: Uint8Array): Uint8Array {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

/** Payloads of at least so many bytes are written from where they are. */
const LARGE_BYTES = 16 * 1024;

/** One frame for each payload, one after the other, in parts: small frames gathered, large payloads as they are. */
function framesOf(kind: FrameKind, payloads: readonly Uint8Array[]): readonly Uint8Array[] {
  const isLarge = ({ length }: Uint8Array): boolean => length >= LARGE_BYTES;
  const bytes = payloads.reduce(
    (sum, payload) => sum + FRAME_HEADER_BYTES + (isLarge(payload) ? 0 : payload.length),
    0,
  );
  const gathered = Buffer.allocUnsafe(bytes);
  const parts: Uint8Array[] = [];
  let start = 0;
  let at = 0;
  for (const payload of payloads) {
    at = writeFrameHeader(gathered, at, kind, payload, crc32);
    if (isLarge(payload)) {
      parts.push(gathered.subarray(start, at), payload);
      start = at;
    } else {
      gathered.set(payload, at);
      at += payload.length;
    }
  }
  return at > start ? [...parts, gathered.subarray(start, at)] : parts;
}

/** What is left of `parts` behind their first bytes. */
function behind(parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  for (const [index, part] of parts.entries()) {
    if (left < part.length) return [part.subarray(left), ...parts.slice(index + 1)];
    left -= part.length;
  }
  return [];
}

async function recover(
  path: string,
  file: FileHandle,
  tail: RecordingTail,
): Promise<{ size: number; seal: SealMark | undefined }> {
  const length = (await file.stat()).size;
  let size = FILE_HEADER_BYTES;
  let seal: SealMark | undefined;
  let torn = false;
  for await (const item of readFrames(chunksOf(file, length), crc32)) {
    if (item.type === 'cut-off') torn = true;
    if (item.type !== 'frame') continue;
    size = item.offset + FRAME_HEADER_BYTES + item.payload.length;
    seal = item.kind === 'seal' ? { state: sealState(item.payload), offset: item.offset } : undefined;
    const envelope = item.kind === 'event' ? readEnvelope(item.payload) : undefined;
    if (envelope !== undefined) tail.advance(envelope, sha256(item.payload));
  }
  if (length < FILE_HEADER_BYTES) {
    await file.truncate(0);
    await file.write(encodeFileHeader(), 0, FILE_HEADER_BYTES, 0);
  } else if (length > size) {
    if (!torn) await keepAside(path, file, size, length);
    await file.truncate(size);
  }
  return { size, seal };
}

/** No more memory than there is to read: most recordings that are opened are new ones. */
async function* chunksOf(file: FileHandle, length: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let position = 0; position < length;) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function keepAside(path: string, file: FileHandle, from: number, to: number): Promise<void> {
  const bytes = Buffer.alloc(to - from);
  await file.read(bytes, 0, bytes.length, from);
  if (bytes.some((byte) => byte !== 0)) await writeFile(`${path}.cut-${Date.now()}`, bytes, { mode: 0o600 });
}

function sealState(payload: Uint8Array): SealState {
  return fromBinary(SealBodySchema, fromBinary(SealSchema, payload).body).state;
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
