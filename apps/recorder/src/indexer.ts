import { fromBinary } from '@bufbuild/protobuf';
import { SealSchema, type Seal } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { readFramesFrom } from '@sallyport/recording-format';
import type { Logger } from '@sallyport/service-kit';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ledger, UnfinishedRecording } from './ledger.ts';
import { readStretch } from './read-stretch.ts';
import type { RecordingIndexPort } from './recording-index-port.ts';
import { StretchBuilder, type IndexStretchInit } from './stretch-builder.ts';

export interface IndexerOptions {
  readonly ledger: Ledger;
  /** Undefined while the control plane was not reached yet. */
  readonly index: () => RecordingIndexPort | undefined;
  readonly logger: Logger;
  /** Between two looks for new events; default 1 s: the more there is of a session, the less each of it costs. */
  readonly intervalMs?: number;
  /** First pause after a failure, doubled up to 10 s; default 500 ms. */
  readonly retryMs?: number;
}

/** Of one request: what the control plane's embedded database takes within some 20 ms. */
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 1024 * 1024;
const MAX_STRETCHES = 200;
const MAX_RETRY_MS = 10_000;
const LAST_ROUND_MS = 2000;
/** How often it is written down how far indexing is. What a crash loses of it is sent again, and known to be there. */
const KEEP_MS = 5000;

/** What one request says, and of which recordings up to where. */
interface Request {
  readonly stretches: IndexStretchInit[];
  readonly ends: Map<UnfinishedRecording, number>;
  entries: number;
  bytes: number;
}

/**
 * Tells the control plane what is searchable in recordings, and their seals. It
 * reads the recordings themselves, behind the writing, from where it was: so a
 * control plane that is away delays the index, loses none of it, and never
 * holds recording up.
 */
export class Indexer {
  readonly #options: IndexerOptions;
  readonly #builder = new StretchBuilder();

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
    const { intervalMs = 1000, retryMs = 500, logger, ledger } = this.#options;
    let pauseMs = retryMs;
    let failing = false;
    let keptAtMs = performance.now();
    while (!signal.aborted) {
      try {
        await this.round(() => !signal.aborted);
        if (performance.now() - keptAtMs >= KEEP_MS) {
          await ledger.keep();
          keptAtMs = performance.now();
        }
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
    const until = performance.now() + LAST_ROUND_MS;
    await this.round(() => performance.now() < until).catch(() => undefined);
    await ledger.keep().catch(() => undefined);
  }

  /** Tells what is durable now, and the seals of recordings that are fully indexed; less when it is not to go on. */
  async round(goesOn: () => boolean = () => true): Promise<void> {
    const index = this.#options.index();
    if (index === undefined) return;
    let request = emptyRequest();
    for (const recording of [...this.#options.ledger.entries()]) {
      for (let more = true; more && goesOn();) {
        more = await this.#gather(request, recording);
        if (!more && hasRoom(request)) break;
        await this.#send(index, request);
        request = emptyRequest();
      }
    }
    await this.#send(index, request);
    await this.#reportSeals(index);
  }

  /**
   * Adds what a recording has to say, as far as there is room.
   * @returns whether there is more of it.
   */
  async #gather(request: Request, recording: UnfinishedRecording): Promise<boolean> {
    const size = endOf(recording);
    const start = position(request, recording);
    if (start >= size) return false;
    const room = { entries: MAX_ENTRIES - request.entries, bytes: MAX_BYTES - request.bytes };
    const found = await readStretch(recording, start, size, room, this.#builder);
    if (found.damagedAt !== undefined) this.#reportDamage(recording, found.damagedAt);
    if (found.stretch !== undefined) request.stretches.push(found.stretch);
    request.ends.set(recording, found.end);
    request.entries += found.entries;
    request.bytes += found.bytes;
    return found.end < size && found.end > start;
  }

  async #send(index: RecordingIndexPort, { stretches, ends }: Request): Promise<void> {
    if (stretches.length > 0) await this.#index(index, stretches);
    for (const [recording, end] of ends) recording.indexedOffset = end;
  }

  /** One that is refused must not keep others from being indexed. */
  async #index(index: RecordingIndexPort, stretches: readonly IndexStretchInit[]): Promise<void> {
    try {
      await index.indexEvents(stretches);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const [first, ...rest] = stretches;
      if (first !== undefined && rest.length > 0)
        for (const stretch of stretches) await this.#index(index, [stretch]);
      else
        this.#options.logger.error('the control plane refuses to index events', {
          sessionId: first?.sessionId,
          error,
        });
    }
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
    this.#options.logger.error('a recording cannot be indexed there', {
      sessionId,
      offset,
    });
  }
}

function emptyRequest(): Request {
  return { stretches: [], ends: new Map(), entries: 0, bytes: 0 };
}

function hasRoom({ stretches, entries, bytes }: Request): boolean {
  return stretches.length < MAX_STRETCHES && entries < MAX_ENTRIES && bytes < MAX_BYTES;
}

/** Up to where a recording is indexed once the request is answered. */
function position(request: Request, recording: UnfinishedRecording): number {
  return request.ends.get(recording) ?? recording.indexedOffset;
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
