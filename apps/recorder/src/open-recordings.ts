import { RecordingWriter, recordingPath } from '@sallyport/recording-format';
import type { Ledger } from './ledger.ts';

/** The recordings that are open for writing; the ones longest unused are closed where there are too many. */
export class OpenRecordings {
  readonly #directory: string;
  readonly #ledger: Ledger;
  readonly #maxOpen: number;
  /** Least recently used first. */
  readonly #open = new Map<string, RecordingWriter>();

  constructor(directory: string, ledger: Ledger, maxOpen: number) {
    this.#directory = directory;
    this.#ledger = ledger;
    this.#maxOpen = maxOpen;
  }

  /** The recording of a session, made where it is missing. It is in the ledger from here on. */
  async open(sessionId: string): Promise<RecordingWriter> {
    await this.#ledger.begin([sessionId]);
    const writer =
      this.#open.get(sessionId) ??
      (await RecordingWriter.open(recordingPath(this.#directory, sessionId), sessionId));
    this.#open.delete(sessionId);
    this.#open.set(sessionId, writer);
    return writer;
  }

  /** Closes a recording that nothing more is expected of. */
  async close(sessionId: string): Promise<void> {
    const writer = this.#open.get(sessionId);
    this.#open.delete(sessionId);
    await writer?.close();
  }

  /** Closes those that are too many. Call when everything was synced. */
  async closeSurplus(): Promise<void> {
    for (const sessionId of [...this.#open.keys()].slice(0, Math.max(0, this.#open.size - this.#maxOpen))) {
      await this.close(sessionId);
    }
  }

  async closeAll(): Promise<void> {
    for (const sessionId of [...this.#open.keys()]) await this.close(sessionId);
  }
}
