import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { WatchOrdersResponseSchema, type WatchOrdersResponse } from '@sallyport/contracts/dataplane';
import { MessageQueue } from '../changes/message-queue.ts';
import type { SessionJudgement } from './judge-session.ts';
import type { SessionRecord } from './session-record.ts';

/** More orders than this waiting: the proxy does not read; it comes back and is told everything anew. */
const MAX_QUEUED = 20_000;

/** The orders of one proxy's stream, in order, until it is closed. */
export class OrderStream {
  readonly proxyId: string;
  readonly proxyInstance: string;
  /** Sessions that the proxy says it has; told about all of them once, before the first tick. */
  readonly claimed: readonly string[];
  #synchronized = false;
  #ticked = false;
  /** Last view revision sent, by session; "" once its end was sent. */
  #sent = new Map<string, string>();
  readonly #orders = new MessageQueue<WatchOrdersResponse>(MAX_QUEUED);

  constructor(proxyId: string, proxyInstance: string, claimed: readonly string[]) {
    this.proxyId = proxyId;
    this.proxyInstance = proxyInstance;
    this.claimed = claimed;
  }

  get synchronized(): boolean {
    return this.#synchronized;
  }

  /** Whether it has had a tick: its proxy knows that it is heard. */
  get ticked(): boolean {
    return this.#ticked;
  }

  get closed(): boolean {
    return this.#orders.closed;
  }

  get orders(): AsyncIterable<WatchOrdersResponse> {
    return this.#orders;
  }

  markSynchronized(): void {
    this.#synchronized = true;
  }

  /** Says what became of a session, unless the proxy knows that already. */
  tell(session: SessionRecord, judgement: SessionJudgement): void {
    const known = this.#sent.get(session.id) ?? (this.#synchronized ? session.viewRevision : undefined);
    if (judgement.kind === 'end') {
      if (known !== '') this.end(session.id, judgement.code, judgement.message);
      return;
    }
    if (known === judgement.view.revision || known === '') return;
    this.#sent.set(session.id, judgement.view.revision);
    const value = { sessionId: session.id, view: judgement.view };
    this.#orders.push(create(WatchOrdersResponseSchema, { order: { case: 'viewChanged', value } }));
  }

  end(sessionId: string, code: string, message: string): void {
    this.#sent.set(sessionId, '');
    this.#orders.push(
      create(WatchOrdersResponseSchema, {
        order: { case: 'endSession', value: { sessionId, code, message } },
      }),
    );
  }

  tick(asOf: Date): void {
    this.#ticked = true;
    this.#orders.push(
      create(WatchOrdersResponseSchema, {
        order: { case: 'tick', value: { asOf: timestampFromDate(asOf) } },
      }),
    );
  }

  /** Forgets sessions that are no longer open. */
  keepOnly(openIds: ReadonlySet<string>): void {
    for (const id of this.#sent.keys()) if (!openIds.has(id)) this.#sent.delete(id);
  }

  close(): void {
    this.#orders.close();
  }
}
