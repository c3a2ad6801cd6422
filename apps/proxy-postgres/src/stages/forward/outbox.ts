import type {
  ForwardPermit,
  ForwardedStatement,
  OwnFrames,
  RecordedInput,
  UpstreamChannel,
} from '@sallyport/proxy-kit';
import type { ReplyQueue, ReplySlot } from '../../loops/reply-slot.ts';
import type { StatementRun } from '../../loops/statement-run.ts';

/** What is sent for one message of the client, or for the proxy itself. */
export type OutgoingItem =
  /** Needs its statement's permit. */
  | {
      readonly kind: 'statement';
      readonly run: StatementRun;
      readonly bytes: Uint8Array;
      readonly slots: readonly ReplySlot[];
      permit: ForwardPermit | null;
    }
  /** Carries on what was permitted: Execute after its Bind. */
  | {
      readonly kind: 'proceed';
      readonly run: StatementRun;
      readonly bytes: Uint8Array;
      readonly slots: readonly ReplySlot[];
    }
  /** More of a statement's own data: COPY. */
  | { readonly kind: 'input'; input: RecordedInput | null; readonly slots: readonly [] }
  | { readonly kind: 'own'; readonly frames: OwnFrames; readonly slots: readonly ReplySlot[] };

/** What is sent together or not at all: a Query, or a batch up to Sync or Flush. */
export interface OutgoingBatch {
  readonly items: OutgoingItem[];
  /** Decisions that are not durable yet. */
  unrecorded: number;
}

/**
 * Batches in the order in which they will be sent. One leaves once all its
 * decisions are durable, and never before those ahead of it.
 */
export class Outbox {
  readonly #upstream: UpstreamChannel;
  readonly #queue: ReplyQueue;
  #batches: OutgoingBatch[] = [];

  constructor(upstream: UpstreamChannel, queue: ReplyQueue) {
    this.#upstream = upstream;
    this.#queue = queue;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  add(batch: OutgoingBatch): void {
    this.#batches.push(batch);
    this.release();
  }

  /** Sends what may leave. Called whenever a decision became durable. */
  release(): void {
    let sent = 0;
    for (const batch of this.#batches) {
      if (batch.unrecorded > 0) break;
      for (const item of batch.items) this.#send(item);
      sent++;
    }
    if (sent > 0) this.#batches = this.#batches.slice(sent);
  }

  #send(item: OutgoingItem): void {
    switch (item.kind) {
      case 'statement':
        if (item.permit === null) throw new Error('a statement was to be sent without a permit');
        item.run.forwarded = this.#upstream.send(item.permit, item.bytes);
        break;
      case 'proceed':
        this.#upstream.proceed(forwardedOf(item.run), item.bytes);
        break;
      case 'input':
        if (item.input === null) throw new Error('input was to be sent unrecorded');
        this.#upstream.sendInput(item.input);
        break;
      case 'own':
        this.#upstream.own(item.frames);
    }
    for (const slot of item.slots) this.#queue.push(slot);
  }
}

function forwardedOf(run: StatementRun): ForwardedStatement {
  if (run.forwarded === null) throw new Error('a statement that was not sent cannot go on');
  return run.forwarded;
}
