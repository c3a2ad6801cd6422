import { fromBinary } from '@bufbuild/protobuf';
import { EventSchema, SealSchema, type Event, type Seal } from '@sallyport/contracts/event';
import type { ByteSource } from './byte-source.ts';
import { readFrames } from './read-frames.ts';

/** An event of a recording and where its frame begins in the file. */
export interface RecordedEvent {
  readonly event: Event;
  readonly offset: number;
}

/** The file cannot be read beyond `offset`. What came before was read. */
export class RecordingDamagedError extends Error {
  override readonly name = 'RecordingDamagedError';
  readonly offset: number;

  constructor(offset: number) {
    super(`the recording is damaged at byte ${offset}`);
    this.offset = offset;
  }
}

/**
 * Reads the events of a recording, in order, in constant memory. It believes
 * what it reads: run `verifyRecording` to know whether to.
 */
export class RecordingReader implements AsyncIterable<RecordedEvent> {
  readonly #source: ByteSource;
  #seal: Seal | undefined;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The seal, once all events were read; undefined while the session is open. */
  get seal(): Seal | undefined {
    return this.#seal;
  }

  /**
   * A file that ends in the middle of a frame simply ends: its writer may be
   * at work on it.
   * @throws RecordingDamagedError
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedEvent, void, undefined> {
    for await (const item of readFrames(this.#source)) {
      if (item.type === 'cut-off') return;
      if (item.type !== 'frame') throw new RecordingDamagedError(item.offset);
      const { payload, offset } = item;
      if (item.kind === 'seal') this.#seal = decodeAt(offset, () => fromBinary(SealSchema, payload));
      else yield { event: decodeAt(offset, () => fromBinary(EventSchema, payload)), offset };
    }
  }
}

function decodeAt<Message>(offset: number, decode: () => Message): Message {
  try {
    return decode();
  } catch {
    throw new RecordingDamagedError(offset);
  }
}
