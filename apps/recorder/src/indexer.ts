import { fromBinary } from '@bufbuild/protobuf';
import { SealSchema, type Seal } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { readFramesFrom } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/service-kit';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readIndexEntries, type IndexEntryInit } from './index-entries.ts';
import type { Ledger, UnfinishedRecording } from './ledger.ts';
import type { RecordingIndexPort } from './recording-index-port.ts';

export interface IndexerOptions {
  readonly ledger: Ledger;
  /** Undefined while the control plane was not reached yet. */
  readonly index: () => RecordingIndexPort | undefined;
  readonly logger: Logger;
  /** Between two looks for new events; default 200 ms. */
  readonly intervalMs?: number;
  /** First pause after a failure, doubled up to 10 s; default 500 ms. */
  readonly retryMs?: number;
}

const MAX_ENTRIES = 500;
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_RETRY_MS = 10_000;

/**
 * Tells the control plane what is searchable in recordings, and their seals. It
 * reads the recordings themselves, behind the writing, from where it was: so a
 * control plane that is away delays the index, loses none of it, and never
 * holds recording up.
 */
export class Indexer {
  readonly #options: IndexerOptions;

  constructor(options: IndexerOptions) {
    this.#options = options;
  }

  /** Bytes of recordings that are durable and not indexed. */
  lagBytes(): number {
    let lag = 0;
    for (const recording of this.#options.ledger.entries())
      lag += Math.max(0, endOf(recording) - recording.indexedOffset);
    return lag;
  }

  /** Until `signal` aborts; then one last round, if the control plane answers. */
  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs = 200, retryMs = 500, logger, ledger } = this.#options;
    let pauseMs = retryMs;
    let failing = false;
    while (!signal.aborted) {
      try {
        let more = true;
        while (more) more = (await this.round()) && !isAborted(signal);
        await ledger.keep();
        if (failing) logger.info('recordings are indexed again');
        failing = false;
        pauseMs = retryMs;
        await delay(intervalMs, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        if (!failing) logger.warn('recordings cannot be indexed now', { error });
        failing = true;
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(MAX_RETRY_MS, pauseMs * 2);
      }
    }
    await this.round().catch(() => false);
    await ledger.keep().catch(() => undefined);
  }

  /**
   * Sends one request's worth of entries, and the seals of recordings that are
   * fully indexed.
   * @returns whether there may be more.
   */
  async round(): Promise<boolean> {
    const index = this.#options.index();
    if (index === undefined) return false;
    const entries: IndexEntryInit[] = [];
    const ends = new Map<UnfinishedRecording, number>();
    let bytes = 0;
    for (const recording of this.#options.ledger.entries()) {
      const size = endOf(recording);
      if (recording.indexedOffset >= size) continue;
      const found = await readIndexEntries(recording.path, recording.indexedOffset, size, MAX_BYTES - bytes);
      if (found.damagedAt !== undefined) this.#reportDamage(recording, found.damagedAt);
      entries.push(...found.entries);
      ends.set(recording, found.end);
      bytes += found.bytes;
      if (bytes >= MAX_BYTES || entries.length >= MAX_ENTRIES) break;
    }
    for (let first = 0; first < entries.length; first += MAX_ENTRIES)
      await index.indexEvents(entries.slice(first, first + MAX_ENTRIES));
    for (const [recording, end] of ends) recording.indexedOffset = end;
    await this.#reportSeals(index);
    return bytes >= MAX_BYTES || entries.length >= MAX_ENTRIES;
  }

  async #reportSeals(index: RecordingIndexPort): Promise<void> {
    for (const recording of [...this.#options.ledger.entries()]) {
      const { sessionId, path, seal: mark, durableSize } = recording;
      if (mark === undefined || durableSize === undefined || recording.indexedOffset < mark.offset) continue;
      const seal = await readSeal(path, mark.offset);
      // Taken off just now, because more arrived.
      if (seal === undefined) continue;
      try {
        await index.recordSeal(seal, BigInt(durableSize));
      } catch (error) {
        if (!isRefused(error)) throw error;
        this.#options.logger.error('the control plane refuses a seal', { sessionId, error });
      }
      if (recording.seal === mark) await this.#options.ledger.finish(sessionId);
    }
  }

  #reportDamage({ sessionId }: UnfinishedRecording, offset: number): void {
    this.#options.logger.error('a recording is damaged, and not indexed from there on', {
      sessionId,
      offset,
    });
  }
}

/** Asked anew each time: it changes while one waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Where the events of a recording end, as far as they are durable. */
function endOf({ seal, durableSize, indexedOffset }: UnfinishedRecording): number {
  return seal?.offset ?? durableSize ?? indexedOffset;
}

/** An answer, not a failure to get one: asking again would change nothing. */
function isRefused(error: unknown): boolean {
  return error instanceof AccessError && error.code === 'protocol_violation';
}

async function readSeal(path: string, offset: number): Promise<Seal | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    await file.read(bytes, 0, bytes.length, offset);
    for await (const item of readFramesFrom(bytes, offset)) {
      return item.type === 'frame' && item.kind === 'seal' ? fromBinary(SealSchema, item.payload) : undefined;
    }
    return undefined;
  } finally {
    await file.close();
  }
}
