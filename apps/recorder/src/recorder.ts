import type { Logger } from '@sallyport/service-kit';
import {
  connectNats,
  EventConsumer,
  Lease,
  type ArrivedMessage,
  type EventStreamOptions,
  type NatsOptions,
} from '@sallyport/session-events';
import { setTimeout as delay } from 'node:timers/promises';
import { Indexer } from './indexer.ts';
import { Ledger } from './ledger.ts';
import type { RecordingIndexPort } from './recording-index-port.ts';
import { RecordingStore, type RecordingObserver } from './recording-store.ts';
import type { RecorderFigures } from './recorder-metrics.ts';
import type { Sealer } from './sealer.ts';

export interface RecorderOptions {
  readonly componentId: string;
  readonly directory: string;
  readonly maxOpenFiles: number;
  readonly maxEarlyBytes: number;
  readonly nats: NatsOptions;
  readonly stream: EventStreamOptions;
  readonly leaseMs: number;
  readonly lostSessionsPollMs: number;
  readonly sealer: Sealer;
  readonly index: () => RecordingIndexPort | undefined;
  readonly logger: Logger;
  readonly observer: RecordingObserver;
  readonly onStorageFailure: () => void;
}

/** Another recorder writes now. */
class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** What this process is doing just now, for readiness. */
export interface RecorderState {
  /** `away`: NATS is out of reach. `standby`: another recorder writes. `leading`: this one does. */
  readonly role: 'away' | 'standby' | 'leading';
  /** Why the disk takes nothing; undefined when it does. */
  readonly storageError: unknown;
}

const RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;

/**
 * Writes, seals and indexes recordings, while it holds the lease:
 *
 *     connect -> wait for the lease -> lead -> (lease or NATS lost, disk fails) -> connect
 *
 * One recorder at a time leads; others with the same directory wait. Nothing
 * that it knows outlives its leading but what is on the disk, so whoever leads
 * next, here or elsewhere, begins from there.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #stopping = new AbortController();
  #state: RecorderState = { role: 'away', storageError: undefined };
  #leadership:
    { readonly ledger: Ledger; readonly store: RecordingStore; readonly indexer: Indexer } | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get state(): RecorderState {
    return this.#state;
  }

  figures(): RecorderFigures {
    return {
      leading: this.#state.role === 'leading',
      unfinished: this.#leadership?.ledger.size ?? 0,
      indexLagBytes: this.#leadership?.indexer.lagBytes() ?? 0,
      earlyBytes: this.#leadership?.store.earlyBytes ?? 0,
    };
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Finishes the group at hand, and lets another recorder lead at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let pauseMs = RETRY_MS; !signal.aborted; pauseMs = Math.min(MAX_RETRY_MS, pauseMs * 2)) {
      try {
        if (await this.#connectAndLead()) pauseMs = RETRY_MS;
      } catch (error) {
        this.#options.logger.warn('recorder begins again', { error });
      }
      this.#state = { ...this.#state, role: 'away' };
      await pause(pauseMs, signal);
    }
  }

  /** @returns whether it led. */
  async #connectAndLead(): Promise<boolean> {
    const { nats, componentId, leaseMs, stream } = this.#options;
    await using connection = await connectNats(nats).then((opened) => ({
      nats: opened,
      [Symbol.asyncDispose]: () => opened.close(),
    }));
    const lease = await Lease.open(connection.nats, {
      name: 'recorder',
      holder: componentId,
      ttlMs: leaseMs,
      ...(stream.replicas === undefined ? {} : { replicas: stream.replicas }),
    });
    const over = new AbortController();
    void connection.nats.closed().then(() => {
      over.abort();
    });
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    if (!(await this.#waitForLease(lease, signal))) return false;
    const consumer = await EventConsumer.start(connection.nats, stream, {
      onUnusable: (subject, reason) => {
        this.#options.logger.error('a message that is no session event was dropped', { subject, reason });
      },
    });
    await this.#lead(lease, consumer, over);
    return true;
  }

  async #waitForLease(lease: Lease, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await lease.tryHold()) return true;
      this.#state = { ...this.#state, role: 'standby' };
      await pause(lease.intervalMs, signal);
    }
    return false;
  }

  /** Until `over` or `stop`. Whatever ends first ends the rest. */
  async #lead(lease: Lease, consumer: EventConsumer, over: AbortController): Promise<void> {
    const { directory, sealer, maxOpenFiles, maxEarlyBytes, observer, index, logger } = this.#options;
    const ledger = await Ledger.open(directory);
    const store = new RecordingStore({
      directory,
      ledger,
      sealer,
      maxOpenFiles,
      maxEarlyBytes,
      observe: observer,
      stream: consumer,
    });
    const indexer = new Indexer({ ledger, index, logger });
    this.#leadership = { ledger, store, indexer };
    this.#state = { ...this.#state, role: 'leading' };
    logger.info('recorder leads', { unfinished: ledger.size });
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    signal.addEventListener(
      'abort',
      () => {
        consumer.stop();
      },
      { once: true },
    );
    const duties = [
      consumer.run((group) => this.#take(group, store, lease, signal)),
      this.#keepLease(lease, signal),
      this.#lookAfter(store, ledger, lease, signal),
      indexer.run(signal),
    ].map((duty) =>
      duty.finally(() => {
        over.abort();
      }),
    );
    const results = await Promise.allSettled(duties);
    await store.close();
    this.#leadership = undefined;
    if (this.#stopping.signal.aborted) await lease.release().catch(() => undefined);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Puts a group into recordings, trying again while the disk fails: nothing more is taken meanwhile. */
  async #take(
    group: readonly ArrivedMessage[],
    store: RecordingStore,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<void> {
    for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(MAX_RETRY_MS, pauseMs * 2)) {
      if (!lease.isHeld()) throw new LeaseLostError('the lease ran out');
      try {
        await store.take(group);
        this.#state = { ...this.#state, storageError: undefined };
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (this.#state.storageError === undefined)
          this.#options.logger.error('events cannot be written', { error });
        this.#state = { ...this.#state, storageError: error };
        this.#options.onStorageFailure();
        await pause(pauseMs, signal);
      }
    }
  }

  async #keepLease(lease: Lease, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const kept = await lease.tryHold().catch(() => lease.isHeld());
      if (!kept) throw new LeaseLostError('another recorder leads');
      await pause(lease.intervalMs, signal);
    }
  }

  /** Takes up what was left unfinished, then seals what the control plane calls lost. */
  async #lookAfter(store: RecordingStore, ledger: Ledger, lease: Lease, signal: AbortSignal): Promise<void> {
    const { index, lostSessionsPollMs, sealer, logger } = this.#options;
    while (!signal.aborted) {
      try {
        if (sealer.certified && lease.isHeld()) {
          await this.#sealUnsealed(store, ledger, lease);
          await store.giveUpGaps();
          for (const sessionId of (await index()?.listLostSessions()) ?? []) {
            if (!lease.isHeld()) break;
            await store.sealLost(sessionId);
          }
        }
      } catch (error) {
        logger.warn('unfinished recordings wait', { error });
      }
      await pause(lostSessionsPollMs, signal);
    }
  }

  /** Looks at recordings nobody looked at since the start, and at those closed before this recorder could seal. */
  async #sealUnsealed(store: RecordingStore, ledger: Ledger, lease: Lease): Promise<void> {
    for (const { sessionId, durableSize, closed, seal } of [...ledger.entries()]) {
      if (!lease.isHeld()) return;
      if (durableSize === undefined || (closed && seal === undefined)) await store.look(sessionId);
    }
  }
}

/** Sleeps; a signal that aborts cuts it short. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
