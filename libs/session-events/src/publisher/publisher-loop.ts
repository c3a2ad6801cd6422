import { setTimeout as delay } from 'node:timers/promises';
import type { OrphanedSession } from '../spool/session-sequences.ts';
import type { SpoolProgress } from '../spool/spool-progress.ts';
import type { Watermark } from '../spool/watermark.ts';
import { AckWindow } from './ack-window.ts';
import type { EventSink, SinkState } from './event-sink.ts';
import { SessionBatcher, type EventBatch } from './session-batcher.ts';
import type { SpoolCursor } from './spool-cursor.ts';

export interface PublisherLoopOptions {
  readonly progress: SpoolProgress;
  readonly cursor: SpoolCursor;
  readonly sink: EventSink;
  readonly watermark: Watermark | undefined;
  /** Messages under way at once; default 64, the knee of JetStream's throughput. */
  readonly maxInFlight?: number;
  /** Bytes under way at once; default 8 MiB. */
  readonly maxInFlightBytes?: number;
  /** Bytes of the spool that are sorted into messages together, and for which it does not wait any longer; default 4 MiB. */
  readonly windowBytes?: number;
  /** Largest message made of several events; default 512 KiB. */
  readonly batchBytes?: number;
  /**
   * How long events are gathered before they are published, unless somebody waits; default 200 ms. A message
   * holds what a session did in that time, and costs the publisher, NATS and the recorder about the same however much that is.
   */
  readonly lingerMs?: number;
  /** First pause after a failure, doubled up to 5 s; default 100 ms. */
  readonly retryMs?: number;
  readonly onProgress: (watermark: Watermark) => void;
  readonly onDrained: (sessionId: string) => void;
  /** What keeps it from publishing, and undefined when nothing does any more. */
  readonly onTrouble: (error: Error | undefined) => void;
  readonly onNotAnEvent: (position: number) => void;
}

const MAX_RETRY_MS = 5000;
/** Sessions remembered as drained, to say so again where JetStream may have lost it. */
const MAX_DRAINED = 10_000;
const IDLE_MS = 1000;

/**
 * Publishes the spool to JetStream, in order, at least once, with a bounded
 * number of messages under way and nothing kept in memory but those.
 *
 *     connect -> publish -> (error or lost connection) -> connect, from the last
 *     position that was acknowledged; from the oldest that is left, if the
 *     server was started again or its stream has fewer messages than it
 *     acknowledged: then it may have lost some.
 */
export class PublisherLoop {
  readonly #options: Required<PublisherLoopOptions>;
  readonly #window: AckWindow;
  #watermark: Watermark;
  readonly #drains = new Map<string, OrphanedSession>();
  readonly #drained = new Map<string, OrphanedSession>();
  /** Messages made and not yet published: of one stretch of the spool at most. */
  #outbox: { readonly batch: EventBatch; readonly acked: () => void }[] = [];
  #inFlight = 0;
  #inFlightBytes = 0;
  /** Counts connections: what belongs to an earlier one is over. */
  #epoch = 0;
  #failure: Error | undefined;
  readonly #stopping = new AbortController();
  publishedMessages = 0;
  publishedBytes = 0;
  restarts = 0;

  constructor(options: PublisherLoopOptions) {
    this.#options = {
      maxInFlight: 64,
      maxInFlightBytes: 8 * 1024 * 1024,
      windowBytes: 4 * 1024 * 1024,
      batchBytes: 512 * 1024,
      lingerMs: 200,
      retryMs: 100,
      ...options,
    };
    const acked = options.progress.acked;
    this.#window = new AckWindow(acked);
    this.#watermark = {
      position: acked,
      streamSequence: options.watermark?.streamSequence ?? 0,
      serverId: options.watermark?.serverId ?? '',
    };
    options.sink.onLost(() => {
      this.#fail(new Error('the connection to NATS was lost'));
    });
  }

  get watermark(): Watermark {
    return this.#watermark;
  }

  /** Sessions to be reported as drained once everything before `end` is acknowledged. */
  drain(sessions: readonly OrphanedSession[]): void {
    for (const session of sessions) {
      if (!this.#drained.has(session.sessionId)) this.#drains.set(session.sessionId, session);
    }
    this.#options.progress.wake();
  }

  /** Ends `run` as soon as it can. */
  stop(): void {
    this.#stopping.abort();
    this.#options.progress.wake();
  }

  /** Until `stop`. */
  async run(): Promise<void> {
    let pauseMs = this.#options.retryMs;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        this.#restartFrom(await this.#options.sink.ready());
        this.#options.onTrouble(undefined);
        pauseMs = this.#options.retryMs;
        await this.#publishUntilFailure();
      } catch (error) {
        this.#options.onTrouble(error instanceof Error ? error : new Error(String(error)));
        this.#epoch += 1;
        this.restarts += 1;
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(MAX_RETRY_MS, pauseMs * 2);
      }
    }
    this.#options.cursor.close();
    await this.#options.sink.close();
  }

  #restartFrom(state: SinkState): void {
    const { cursor, progress } = this.#options;
    const { serverId, streamSequence } = this.#watermark;
    const mayHaveLost =
      state.lastSequence < streamSequence || (serverId !== '' && serverId !== state.serverId);
    const position = mayHaveLost ? Math.min(cursor.oldest(), this.#window.acked) : this.#window.acked;
    if (mayHaveLost) {
      for (const [sessionId, session] of this.#drained) this.#drains.set(sessionId, session);
      this.#drained.clear();
    }
    this.#epoch += 1;
    this.#failure = undefined;
    this.#outbox = [];
    this.#inFlight = 0;
    this.#inFlightBytes = 0;
    this.#window.restart(position);
    cursor.seek(position);
    progress.acked = position;
    this.#watermark = {
      position,
      streamSequence: mayHaveLost ? state.lastSequence : streamSequence,
      serverId: state.serverId,
    };
    this.#options.onProgress(this.#watermark);
  }

  async #publishUntilFailure(): Promise<void> {
    const { progress, cursor } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const signal = progress.signal();
      if (this.#failure !== undefined) throw this.#failure;
      this.#publishDrains();
      this.#publishOutbox();
      const behind = progress.written - cursor.position;
      if (this.#outbox.length > 0 || behind === 0) await progress.changed(signal, IDLE_MS);
      else {
        if (behind < this.#options.windowBytes) await progress.untilUrgent(this.#options.lingerMs);
        if (!this.#readWindow()) await progress.changed(signal, IDLE_MS);
      }
    }
  }

  #hasRoom(): boolean {
    return this.#inFlight < this.#options.maxInFlight && this.#inFlightBytes < this.#options.maxInFlightBytes;
  }

  #publishOutbox(): void {
    while (this.#hasRoom()) {
      const next = this.#outbox.shift();
      if (next === undefined) return;
      this.#publish(next.batch, next.acked);
    }
  }

  /** Turns the next stretch of the spool into messages. Whether there was anything to read. */
  #readWindow(): boolean {
    const { cursor, progress, windowBytes, batchBytes } = this.#options;
    const start = cursor.position;
    const batcher = new SessionBatcher(batchBytes);
    cursor.read(progress.written, windowBytes, (record, event) => {
      if (!batcher.add(record, event)) this.#options.onNotAnEvent(cursor.position);
    });
    const batches = batcher.take();
    const acked = this.#window.publish(cursor.position, batches.length);
    this.#outbox.push(...batches.map((batch) => ({ batch, acked })));
    if (batches.length === 0) this.#advance(0);
    return cursor.position > start;
  }

  #publish(batch: EventBatch, acked: () => void): void {
    const bytes = batch.payload.length;
    this.#track(bytes, this.#options.sink.publish(batch), (streamSequence) => {
      this.publishedMessages += 1;
      this.publishedBytes += bytes;
      acked();
      this.#advance(streamSequence);
    });
  }

  #publishDrains(): void {
    for (const [sessionId, session] of this.#drains) {
      if (session.end > this.#window.acked || !this.#hasRoom()) continue;
      this.#drains.delete(sessionId);
      this.#remember(session);
      this.#track(0, this.#options.sink.publishDrained(session), (streamSequence) => {
        this.#options.onDrained(sessionId);
        this.#advance(streamSequence);
      });
    }
  }

  #remember(session: OrphanedSession): void {
    this.#drained.set(session.sessionId, session);
    const [oldest] = this.#drained.keys();
    if (this.#drained.size > MAX_DRAINED && oldest !== undefined) this.#drained.delete(oldest);
  }

  /** Counts a message as under way until it is acknowledged; a failure ends this connection. */
  #track(bytes: number, published: Promise<number>, done: (streamSequence: number) => void): void {
    const epoch = this.#epoch;
    this.#inFlight += 1;
    this.#inFlightBytes += bytes;
    published.then(
      (streamSequence) => {
        if (epoch !== this.#epoch) return;
        this.#inFlight -= 1;
        this.#inFlightBytes -= bytes;
        done(streamSequence);
        this.#options.progress.wake();
      },
      (error: unknown) => {
        if (epoch === this.#epoch) this.#fail(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  #advance(streamSequence: number): void {
    const { acked } = this.#window;
    const sequence = Math.max(streamSequence, this.#watermark.streamSequence);
    if (acked === this.#watermark.position && sequence === this.#watermark.streamSequence) return;
    this.#watermark = { ...this.#watermark, position: acked, streamSequence: sequence };
    this.#options.progress.acked = acked;
    this.#options.onProgress(this.#watermark);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#options.progress.wake();
  }
}
