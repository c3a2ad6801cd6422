import { fromBinary } from '@bufbuild/protobuf';
import { EventSchema, type Event } from '@sallyport/contracts/event';
import type { SpoolPort } from '@sallyport/proxy-kit';
import type { Spool } from '@sallyport/session-events';

/** The real spool, with every event that it took kept for the test. */
export class RecordingSpool implements SpoolPort {
  readonly records: Buffer[] = [];
  readonly events: Event[] = [];
  readonly #spool: Spool;
  failWith: Error | null = null;
  /** Off: events go to the spool only, for bulk and for measuring. */
  keep = true;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  append(...[sessionId, record, durability, done]: Parameters<SpoolPort['append']>): void {
    const failure = this.failWith;
    if (failure !== null) {
      setImmediate(() => {
        done(failure);
      });
      return;
    }
    if (this.keep) {
      const bytes = Buffer.concat(record);
      this.records.push(bytes);
      this.events.push(fromBinary(EventSchema, bytes));
    }
    this.#spool.append(sessionId, record, durability, done);
  }

  abandon(sessionId: string): void {
    this.#spool.abandon(sessionId);
  }

  /** All events as bytes of text, for looking whether something is in them anywhere. */
  text(): string {
    return Buffer.concat(this.records).toString('latin1');
  }

  /** Forgets what there was. */
  clear(): void {
    this.records.length = 0;
    this.events.length = 0;
  }
}
