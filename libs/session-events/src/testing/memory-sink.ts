import type { DrainedSession, EventSink, SinkState } from '../publisher/event-sink.ts';
import { decodeBatch } from '../publisher/event-batch.ts';
import type { EventBatch } from '../publisher/session-batcher.ts';
import { readEnvelope } from '@sallyport/recording-format';

/** A stream in memory, with the faults of a real one, for specs. */
export class MemorySink implements EventSink {
  readonly batches: EventBatch[] = [];
  readonly drained: DrainedSession[] = [];
  serverId = 'server-1';
  lastSequence = 0;
  /** Publishes wait here while `held`. */
  held = false;
  readonly waiting: (() => void)[] = [];
  failNext = 0;
  unreachable = false;
  connects = 0;
  mostInFlight = 0;
  #inFlight = 0;
  #lost: () => void = () => undefined;

  onLost(lost: () => void): void {
    this.#lost = lost;
  }

  /** Ends the connection under way. */
  lose(): void {
    this.#lost();
  }

  async ready(): Promise<SinkState> {
    this.connects += 1;
    await Promise.resolve();
    if (this.unreachable) throw new Error('no route to NATS');
    return { serverId: this.serverId, lastSequence: this.lastSequence };
  }

  async publish(batch: EventBatch): Promise<number> {
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
    await Promise.resolve();
    this.#inFlight -= 1;
    if (this.failNext > 0) {
      this.failNext -= 1;
      throw new Error('JetStream took too long');
    }
    this.batches.push(batch);
    this.lastSequence += 1;
    return this.lastSequence;
  }

  async publishDrained(session: DrainedSession): Promise<number> {
    await Promise.resolve();
    this.drained.push(session);
    this.lastSequence += 1;
    return this.lastSequence;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Sequences that arrived of a session, in the order they did. */
  sequences(sessionId: string): number[] {
    const events = this.batches
      .filter((batch) => batch.sessionId === sessionId)
      .flatMap(({ payload }) => decodeBatch(payload));
    return events.map((event) => readEnvelope(event)?.sequence ?? 0);
  }
}
