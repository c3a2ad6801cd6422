import { FILE_HEADER_BYTES, isSessionId, recordingPath, type SealMark } from '@sallyport/recording-format';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = '.unfinished';

/** A recording that is not sealed, or not fully indexed, or whose seal was not reported. */
export interface UnfinishedRecording {
  readonly sessionId: string;
  readonly path: string;
  /** Bytes of the file whose events the control plane has indexed. */
  indexedOffset: number;
  /** Bytes that are on the disk; undefined until the file was looked at after a start. */
  durableSize: number | undefined;
  /** Whether its last event is the close of the session. */
  closed: boolean;
  seal: SealMark | undefined;
}

/**
 * What is still to be done, kept on disk: one small file for each recording
 * that is not finished, made before the recording is. So a restart knows what
 * to go on with without looking at every recording.
 */
export class Ledger {
  readonly #directory: string;
  readonly #folder: string;
  readonly #recordings = new Map<string, UnfinishedRecording>();
  /** What each file says. */
  readonly #kept = new Map<string, number>();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#folder = join(directory, FOLDER);
  }

  static async open(directory: string): Promise<Ledger> {
    const ledger = new Ledger(directory);
    await mkdir(ledger.#folder, { recursive: true, mode: 0o700 });
    for (const sessionId of await readdir(ledger.#folder)) {
      if (isSessionId(sessionId)) ledger.#add(sessionId, await ledger.#readOffset(sessionId));
    }
    return ledger;
  }

  get size(): number {
    return this.#recordings.size;
  }

  entries(): IterableIterator<UnfinishedRecording> {
    return this.#recordings.values();
  }

  get(sessionId: string): UnfinishedRecording | undefined {
    return this.#recordings.get(sessionId);
  }

  /** Durably notes that there will be, or is, something to do for these recordings. */
  async begin(sessionIds: Iterable<string>): Promise<void> {
    const fresh = [...sessionIds].filter((sessionId) => !this.#recordings.has(sessionId));
    if (fresh.length === 0) return;
    for (const sessionId of fresh) await this.#write(sessionId, FILE_HEADER_BYTES);
    await this.#syncFolder();
    for (const sessionId of fresh) this.#add(sessionId, FILE_HEADER_BYTES);
  }

  /** Everything is done for it. */
  async finish(sessionId: string): Promise<void> {
    this.#recordings.delete(sessionId);
    this.#kept.delete(sessionId);
    await rm(join(this.#folder, sessionId), { force: true });
  }

  /** Writes down how far indexing is. What is lost of it is only indexed again. */
  async keep(): Promise<void> {
    for (const { sessionId, indexedOffset } of [...this.#recordings.values()]) {
      if (this.#kept.get(sessionId) !== indexedOffset) await this.#write(sessionId, indexedOffset);
    }
  }

  #add(sessionId: string, indexedOffset: number): void {
    const path = recordingPath(this.#directory, sessionId);
    const recording: UnfinishedRecording = {
      sessionId,
      path,
      indexedOffset,
      durableSize: undefined,
      closed: false,
      seal: undefined,
    };
    this.#recordings.set(sessionId, recording);
    this.#kept.set(sessionId, indexedOffset);
  }

  async #write(sessionId: string, offset: number): Promise<void> {
    const path = join(this.#folder, sessionId);
    // A dot is in no session id, so a file left half made is never taken for one.
    await writeFile(`${path}.new`, offset.toString());
    await rename(`${path}.new`, path);
    this.#kept.set(sessionId, offset);
  }

  async #readOffset(sessionId: string): Promise<number> {
    const offset = Number(await readFile(join(this.#folder, sessionId), 'utf8'));
    return Number.isSafeInteger(offset) && offset >= FILE_HEADER_BYTES ? offset : FILE_HEADER_BYTES;
  }

  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
