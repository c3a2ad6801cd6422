import { BODY_FIELD, glanceAtEvent, MAX_EVENT_BYTES } from '@sallyport/recording-format';
import { mkdirSync } from 'node:fs';
import { Acknowledgements } from './acknowledgements.ts';
import { DirectoryLock } from './directory-lock.ts';
import { LagClock } from './lag-clock.ts';
import { recoverWatermark } from './watermark.ts';
import { SessionSequences, type OrphanedSession } from './session-sequences.ts';
import { SegmentRetention } from './segment-retention.ts';
import { NotDurableError, SpoolRefusedError } from './spool-errors.ts';
import { diskFiles, type SpoolFiles } from './spool-files.ts';
import { SpoolProgress } from './spool-progress.ts';
import { RECORD_HEADER_BYTES } from './spool-record.ts';
import { recoverSpool } from './spool-recovery.ts';
import { SpoolWriter } from './spool-writer.ts';
import { WriteBatch } from './write-batch.ts';

/**
 * When an append counts (DESIGN.md, 2.7): in the spool file, on the disk, or
 * acknowledged by JetStream. There is no level in memory.
 */
export type SpoolDurability = 'written' | 'synced' | 'acked';

/** Called once, never before `append` returns. With an error, the record does not count as recorded. */
export type AppendDone = (error?: Error) => void;

export interface SpoolOptions {
  /** Bytes the directory may hold before appends are refused; default 4 GiB. */
  readonly maxBytes?: number;
  /** Bytes after which another segment file is begun; default 64 MiB. */
  readonly segmentBytes?: number;
  /** Default MAX_EVENT_BYTES. */
  readonly maxEventBytes?: number;
  /** How long a segment stays after JetStream acknowledged it, in case JetStream loses it; default 180 000 ms. */
  readonly retainAckedMs?: number;
  /** After a failed write, appends are refused this long before the disk is tried again; default 250 ms. */
  readonly retryDiskMs?: number;
  /** Milliseconds that never go back; default performance.now. */
  readonly monotonicClock?: () => number;
  readonly files?: SpoolFiles;
}

/** Figures for metrics and readiness. */
export interface SpoolStats {
  /** Bytes written that JetStream has not acknowledged. */
  readonly lagBytes: number;
  /** Milliseconds that the oldest of them has waited. */
  readonly oldestUnackedMs: number;
  /** Bytes in the directory. */
  readonly totalBytes: number;
  readonly maxBytes: number;
  readonly segments: number;
  /** Records and bytes since the start. */
  readonly appendedRecords: number;
  readonly appendedBytes: number;
  /** Records refused since the start. */
  readonly refusedRecords: number;
  readonly openSessions: number;
  /** Why the disk takes nothing just now; undefined when it does. */
  readonly diskError: Error | undefined;
}

interface PendingRecord {
  readonly sessionId: string;
  readonly sequence: number;
  readonly closes: boolean;
  readonly durability: SpoolDurability;
  readonly done: AppendDone;
  /** Set when it was refused before it was tried. */
  readonly refusal: SpoolRefusedError | undefined;
}

const GIB = 1024 * 1024 * 1024;

/**
 * Session events on the proxy's own disk, before they go to JetStream.
 *
 * Everything that one callback of the event loop appends becomes one write, at
 * the end of that callback: a statement does not wait for the other sockets of
 * the turn, so the target works on it while they are read.
 * Invariants: a record is in the file whole before `done` is called without an
 * error; nothing accepted is dropped; the records of a session have sequences
 * without a gap (after one was refused only that same sequence is accepted,
 * from a chain that was wound back); what the spool cannot take it refuses.
 */
export class Spool {
  readonly directory: string;
  /** Larger events are refused. */
  readonly maxEventBytes: number;
  readonly progress = new SpoolProgress();
  readonly #lock: DirectoryLock;
  readonly #writer: SpoolWriter;
  readonly #options: Required<SpoolOptions>;
  readonly #orphans: readonly OrphanedSession[];
  readonly #sessions: SessionSequences;
  readonly #acknowledgements = new Acknowledgements();
  readonly #lag = new LagClock();
  readonly #retention: SegmentRetention;
  #pending: PendingRecord[] = [];
  readonly #batch = new WriteBatch();
  #scheduled = false;
  readonly #flushScheduled = (): void => {
    if (this.#scheduled) this.flush();
  };
  #diskError: Error | undefined;
  #diskRetryAtMs = 0;
  #closed = false;
  #appendedRecords = 0;
  #appendedBytes = 0;
  #refusedRecords = 0;

  private constructor(directory: string, lock: DirectoryLock, options: Required<SpoolOptions>) {
    this.directory = directory;
    this.maxEventBytes = options.maxEventBytes;
    this.#lock = lock;
    this.#options = options;
    const recovered = recoverSpool(directory, options.maxEventBytes);
    this.#writer = new SpoolWriter(
      options.files,
      directory,
      options.segmentBytes,
      recovered.segments,
      recovered.end,
    );
    this.#retention = new SegmentRetention(options.files, directory, this.#writer, options);
    this.#sessions = new SessionSequences(recovered.open);
    this.#orphans = [...recovered.open].map(([sessionId, lastSequence]) => ({
      sessionId,
      lastSequence,
      end: recovered.end,
    }));
    this.progress.acked = recoverWatermark(directory, recovered.end);
    this.progress.advance(recovered.end);
    this.#lag.written(recovered.end, options.monotonicClock());
  }

  /**
   * Opens the directory, making it where it is missing, and cuts off what a
   * crash left half written.
   * @throws DirectoryInUseError while another process has it open.
   */
  static async open(directory: string, options: SpoolOptions = {}): Promise<Spool> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const lock = await DirectoryLock.acquire(directory);
    try {
      return new Spool(directory, lock, {
        maxBytes: 4 * GIB,
        segmentBytes: 64 * 1024 * 1024,
        maxEventBytes: MAX_EVENT_BYTES,
        retainAckedMs: 180_000,
        retryDiskMs: 250,
        monotonicClock: () => performance.now(),
        files: diskFiles,
        ...options,
      });
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Sessions that a crash left open: no more events of them will come from here. */
  orphanedSessions(): readonly OrphanedSession[] {
    return this.#orphans;
  }

  /**
   * Ends a session that cannot be closed, because its events were refused:
   * nothing more of it is accepted, and its recording will be sealed as broken.
   */
  abandon(sessionId: string): void {
    this.flush();
    this.#sessions.abandon(sessionId, this.#writer.position);
  }

  /** Sessions that were abandoned and that the recorder has not been told of yet. */
  abandonedSessions(): readonly OrphanedSession[] {
    return this.#sessions.abandoned;
  }

  /**
   * Appends one encoded event of a session, as EventChain returns it. The
   * bytes must not change until `done` is called.
   */
  append(
    sessionId: string,
    record: Uint8Array | readonly Uint8Array[],
    durability: SpoolDurability,
    done: AppendDone,
  ): void {
    const parts = record instanceof Uint8Array ? [record] : record;
    let byteLength = 0;
    for (const part of parts) byteLength += part.length;
    const glance = parts[0] === undefined ? undefined : glanceAtEvent(parts[0]);
    const refusal = this.#refusalFor(sessionId, byteLength, glance?.sequence);
    if (refusal === undefined) {
      this.#sessions.pend(sessionId, glance?.sequence ?? 0);
      this.#batch.add(parts, byteLength);
    }
    this.#pending.push({
      sessionId,
      sequence: glance?.sequence ?? 0,
      closes: glance?.bodyField === BODY_FIELD.sessionClosed,
      durability,
      done,
      refusal,
    });
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#flushScheduled);
  }

  /** Writes what was appended so far now, instead of at the end of this callback of the event loop. */
  flush(): void {
    this.#scheduled = false;
    const pending = this.#pending;
    if (pending.length === 0) return;
    const error = this.#writePending();
    this.#pending = [];
    this.#batch.clear();
    this.#sessions.clearPending();
    for (const record of pending) this.#settle(record, record.refusal ?? error);
  }

  /** The publisher has told the recorder that no more of this session will come. */
  drained(sessionId: string): void {
    this.#sessions.drained(sessionId);
  }

  /** Looks at how far the publisher is: calls back who waited for it, and deletes what is no longer needed. */
  collect(): void {
    const acked = this.progress.acked;
    this.#acknowledgements.reached(acked);
    this.progress.urgent = this.#acknowledgements.size > 0;
    this.#retention.trim(acked);
  }

  stats(): SpoolStats {
    const written = this.#writer.position;
    const acked = this.progress.acked;
    return {
      lagBytes: Math.max(0, written - acked),
      oldestUnackedMs: this.#lag.ageMs(acked, written, this.#options.monotonicClock()),
      totalBytes: this.#retention.totalBytes(),
      maxBytes: this.#options.maxBytes,
      segments: this.#writer.segments.length,
      appendedRecords: this.#appendedRecords,
      appendedBytes: this.#appendedBytes,
      refusedRecords: this.#refusedRecords,
      openSessions: this.#sessions.open.size,
      diskError: this.#diskError,
    };
  }

  /** Writes and syncs what is left and lets the directory go. Stop the publisher first. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    await new Promise<void>((resolve) => {
      this.#writer.sync(() => {
        resolve();
      });
    });
    this.#acknowledgements.fail(new NotDurableError('the spool was closed before JetStream acknowledged it'));
    this.#writer.close();
    this.#lock.release();
  }

  #refusalFor(
    sessionId: string,
    byteLength: number,
    sequence: number | undefined,
  ): SpoolRefusedError | undefined {
    if (this.#closed) return new SpoolRefusedError('closed', 'the spool is closed');
    if (sequence === undefined) return new SpoolRefusedError('invalid', 'not an encoded event');
    const gap = this.#sessions.refuse(sessionId, sequence);
    if (gap !== undefined) return gap;
    if (byteLength > this.#options.maxEventBytes) {
      return new SpoolRefusedError('too_large', `an event of ${byteLength} bytes is too large`);
    }
    if (this.#diskError !== undefined && this.#options.monotonicClock() < this.#diskRetryAtMs) {
      return new SpoolRefusedError('disk', 'the disk takes no more', this.#diskError);
    }
    const bytes = this.#batch.byteLength + RECORD_HEADER_BYTES + byteLength;
    if (this.#retention.makeRoom(bytes, this.progress.acked)) return undefined;
    return new SpoolRefusedError('full', `the spool holds the ${this.#options.maxBytes} bytes it may hold`);
  }

  #writePending(): SpoolRefusedError | undefined {
    const { byteLength } = this.#batch;
    if (byteLength === 0) return undefined;
    try {
      this.#writer.write(this.#batch.parts(), byteLength, this.#sessions.open);
    } catch (error) {
      this.#diskError = error instanceof Error ? error : new Error(String(error));
      this.#diskRetryAtMs = this.#options.monotonicClock() + this.#options.retryDiskMs;
      return new SpoolRefusedError('disk', 'the disk takes no more', error);
    }
    this.#diskError = undefined;
    this.#appendedBytes += byteLength;
    this.#lag.written(this.#writer.position, this.#options.monotonicClock());
    this.progress.advance(this.#writer.position);
    return undefined;
  }

  #settle(record: PendingRecord, error: SpoolRefusedError | undefined): void {
    if (error !== undefined) {
      this.#refusedRecords += 1;
      record.done(error);
      return;
    }
    this.#appendedRecords += 1;
    this.#sessions.written(record.sessionId, record.sequence, record.closes);
    switch (record.durability) {
      case 'written':
        record.done();
        return;
      case 'synced':
        this.#writer.sync((cause) => {
          record.done(
            cause === undefined ? undefined : new NotDurableError('the disk did not sync', { cause }),
          );
        });
        return;
      case 'acked':
        this.#acknowledgements.add(this.#writer.position, record.done);
        this.progress.urgent = true;
        this.progress.wake();
        return;
    }
  }
}
