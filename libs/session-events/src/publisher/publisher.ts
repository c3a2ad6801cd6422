import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { EventStreamOptions } from '../nats/event-stream.ts';
import type { NatsOptions } from '../nats/nats-options.ts';
import type { Spool } from '../spool/spool.ts';
import type {
  PublisherCommand,
  PublisherCounts,
  PublisherReport,
  PublisherWorkerData,
} from './publisher-messages.ts';
import type { SpoolDamage } from './spool-cursor.ts';

export interface PublisherOptions {
  readonly nats: NatsOptions;
  readonly stream?: EventStreamOptions;
  /** How much the thread gives way to others, 0 to 19; default 10. */
  readonly niceness?: number;
  /** Told when publishing stops working, and with undefined when it works again. */
  readonly onTrouble?: (message: string | undefined) => void;
  /** Told of a part of the spool that could not be read: its sessions will have a gap, which verification finds. */
  readonly onDamage?: (damage: SpoolDamage) => void;
}

/** Figures for metrics and readiness. */
export interface PublisherStats extends PublisherCounts {
  /** Why nothing is published just now. */
  readonly trouble: string | undefined;
}

const COLLECT_MS = 1000;
const RESTART_MS = 1000;
const NO_COUNTS: PublisherCounts = { publishedMessages: 0, publishedBytes: 0, restarts: 0 };

/**
 * Publishes a spool to JetStream from a thread of its own, until it is stopped.
 * While NATS is away the spool keeps everything, up to its bound; afterwards it
 * goes on from what was acknowledged. Also tells the recorder which sessions a
 * crash left open.
 */
export class Publisher {
  readonly #spool: Spool;
  readonly #options: PublisherOptions;
  readonly #timer: NodeJS.Timeout;
  #worker: Worker | undefined;
  #counts = NO_COUNTS;
  #before = NO_COUNTS;
  #trouble: string | undefined = 'not connected to NATS yet';
  #stopping = false;
  #ended: Promise<void> = Promise.resolve();

  private constructor(spool: Spool, options: PublisherOptions) {
    this.#spool = spool;
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#collect();
    }, COLLECT_MS);
    this.#timer.unref();
    this.#startThread();
  }

  /** Begins at once; never fails, and says in `stats().trouble` what keeps it. */
  static start(spool: Spool, options: PublisherOptions): Publisher {
    return new Publisher(spool, options);
  }

  stats(): PublisherStats {
    return {
      publishedMessages: this.#before.publishedMessages + this.#counts.publishedMessages,
      publishedBytes: this.#before.publishedBytes + this.#counts.publishedBytes,
      restarts: this.#before.restarts + this.#counts.restarts,
      trouble: this.#trouble,
    };
  }

  /**
   * Stops, waiting up to `drainMs` for what is in the spool to be published.
   * @returns whether all of it was; what was not is published after the next start.
   */
  async stop(drainMs = 0): Promise<boolean> {
    this.#spool.flush();
    // Until now the process might end while its thread was idle; from here on it waits for it.
    this.#worker?.ref();
    const { progress } = this.#spool;
    const deadline = performance.now() + drainMs;
    while (progress.acked < progress.written && performance.now() < deadline) {
      progress.urgent = true;
      await progress.changed(progress.signal(), 50);
    }
    this.#stopping = true;
    clearInterval(this.#timer);
    this.#tell({ type: 'stop' });
    await this.#ended;
    this.#spool.collect();
    return progress.acked >= progress.written;
  }

  #startThread(): void {
    const { nats, stream = {}, niceness = 10 } = this.#options;
    const { directory, progress, maxEventBytes } = this.#spool;
    const workerData: PublisherWorkerData = {
      directory,
      progress: progress.memory,
      maxEventBytes,
      nats,
      stream,
      niceness,
    };
    const worker = new Worker(new URL('./publisher-worker.ts', import.meta.url), {
      workerData,
      name: 'event-publisher',
    });
    worker.on('message', (report: PublisherReport) => {
      this.#hear(report);
    });
    worker.on('error', (error) => {
      this.#troubled(error instanceof Error ? error.message : String(error));
    });
    worker.unref();
    this.#worker = worker;
    this.#tell({ type: 'drain', sessions: this.#spool.orphanedSessions() });
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#worker = undefined;
        if (this.#stopping) resolve();
        else void this.#restartThread().then(resolve);
      });
    });
  }

  async #restartThread(): Promise<void> {
    const { counts, before } = { counts: this.#counts, before: this.#before };
    this.#before = {
      publishedMessages: before.publishedMessages + counts.publishedMessages,
      publishedBytes: before.publishedBytes + counts.publishedBytes,
      restarts: before.restarts + counts.restarts + 1,
    };
    this.#counts = NO_COUNTS;
    this.#troubled(this.#trouble ?? 'the publisher ended');
    await delay(RESTART_MS);
    if (this.#stopping) return;
    this.#startThread();
    await this.#ended;
  }

  #hear(report: PublisherReport): void {
    switch (report.type) {
      case 'progress':
        this.#counts = report.counts;
        this.#spool.collect();
        return;
      case 'drained':
        this.#spool.drained(report.sessionId);
        return;
      case 'trouble':
        this.#troubled(report.message);
        return;
      case 'damage':
        this.#options.onDamage?.(report);
        return;
    }
  }

  #troubled(message: string | undefined): void {
    if (message === this.#trouble) return;
    this.#trouble = message;
    this.#options.onTrouble?.(message);
  }

  #collect(): void {
    this.#spool.collect();
    const sessions = this.#spool.abandonedSessions();
    if (sessions.length > 0) this.#tell({ type: 'drain', sessions });
  }

  #tell(command: PublisherCommand): void {
    this.#worker?.postMessage(command);
  }
}
