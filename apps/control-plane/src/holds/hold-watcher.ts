import { HoldStatus, type HoldState } from '@sallyport/contracts/dataplane';
import { readRevisions } from '../changes/change-topics.ts';
import { MessageQueue } from '../changes/message-queue.ts';
import type { Database } from '../database/database.ts';
import { holdStateOf, WITH_REVIEWS } from './hold-record.ts';

const MAX_QUEUED = 100;

/** Somebody who waits for a hold. */
class HoldWaiter {
  readonly holdId: string;
  readonly states = new MessageQueue<HoldState>(MAX_QUEUED);
  #told: string | undefined;

  constructor(holdId: string) {
    this.holdId = holdId;
  }

  get fresh(): boolean {
    return this.#told === undefined;
  }

  tell(state: HoldState): void {
    const summary = `${String(state.status)} ${String(state.reviewers.length)}`;
    if (summary !== this.#told) this.states.push(state);
    this.#told = summary;
    if (state.status !== HoldStatus.WAITING) this.states.close();
  }
}

/** Brings changes of holds to whoever waits for them in this replica; `watch` is one round. */
export class HoldWatcher {
  readonly #database: Database;
  readonly #reviewUrl: string;
  readonly #waiters = new Set<HoldWaiter>();
  #revision = -1n;

  constructor(database: Database, reviewUrl: string) {
    this.#database = database;
    this.#reviewUrl = reviewUrl;
  }

  /** The state now and at each change, until it is settled or the signal aborts. */
  async *states(holdId: string, signal: AbortSignal, nudge: () => void): AsyncGenerator<HoldState> {
    const waiter = new HoldWaiter(holdId);
    const leave = () => {
      this.#waiters.delete(waiter);
      waiter.states.close();
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiters.add(waiter);
    nudge();
    try {
      yield* waiter.states;
    } finally {
      leave();
    }
  }

  closeAll(): void {
    for (const waiter of this.#waiters) waiter.states.close();
    this.#waiters.clear();
  }

  async watch(): Promise<void> {
    if (this.#waiters.size === 0) return;
    const { prisma } = this.#database;
    const waiters = [...this.#waiters];
    const { holds: revision } = await readRevisions(prisma);
    const due = revision === this.#revision ? waiters.filter(({ fresh }) => fresh) : waiters;
    if (due.length > 0) {
      const rows = await prisma.hold.findMany({
        where: { id: { in: due.map(({ holdId }) => holdId) } },
        include: WITH_REVIEWS,
      });
      const states = new Map(rows.map((row) => [row.id, holdStateOf(row, this.#reviewUrl)]));
      for (const waiter of due) {
        const state = states.get(waiter.holdId);
        if (state === undefined) waiter.states.close();
        else waiter.tell(state);
      }
    }
    this.#revision = revision;
  }
}
