import { FrontendType, HEADER_BYTES, type ScannedPart } from '@sallyport/codec-postgres';
import type { SessionRecorder } from '@sallyport/proxy-kit';
import type { Outbox, OutgoingBatch, OutgoingItem } from '../stages/forward/outbox.ts';
import type { StatementRun } from './statement-run.ts';

/** How recordings say that input is messages of this protocol's client side. */
const FORMAT = 'postgres.frontend';

/**
 * COPY data of the client (protocol document, 55.2.7). It goes on to the target
 * only while the target waits for it; at any other time it is dropped, as a
 * server would. A message that was begun is always sent to its end, or the
 * target would take what follows for the rest of it.
 */
export class CopyInput {
  readonly #recorder: SessionRecorder;
  readonly #outbox: Outbox;
  #run: StatementRun | null = null;
  /** The statement whose message is half sent; null: the message at hand is dropped. */
  #message: StatementRun | null = null;
  #left = 0;

  constructor(recorder: SessionRecorder, outbox: Outbox) {
    this.#recorder = recorder;
    this.#outbox = outbox;
  }

  get isActive(): boolean {
    return this.#run !== null;
  }

  begin(run: StatementRun): void {
    this.#run = run;
  }

  end(): void {
    this.#run = null;
  }

  /** CopyData, which may begin and end inside a message. */
  data(part: ScannedPart): void {
    const { source, end } = part;
    for (let at = part.start; at < end;) {
      if (this.#left === 0) {
        this.#message = this.#run;
        this.#left = source.readInt32BE(at + HEADER_BYTES - 4) + 1;
      }
      const upTo = this.#endOfRun(source, at, end);
      if (this.#message !== null) this.#send(this.#message, source.subarray(at, upTo));
      at = upTo;
    }
  }

  /** CopyDone or CopyFail: the client's end of it. */
  finish(type: number, bytes: Buffer): void {
    const run = this.#run;
    this.#run = null;
    if (run !== null && (type === FrontendType.CopyDone || type === FrontendType.CopyFail))
      this.#send(run, bytes);
  }

  /** Where messages end that go the same way as the one at `at`: they are sent as one. */
  #endOfRun(source: Buffer, start: number, end: number): number {
    let at = start + Math.min(this.#left, end - start);
    this.#left -= at - start;
    while (this.#left === 0 && end - at >= HEADER_BYTES && this.#message === this.#run) {
      const total = source.readInt32BE(at + HEADER_BYTES - 4) + 1;
      const taken = Math.min(total, end - at);
      this.#left = total - taken;
      at += taken;
    }
    return at;
  }

  #send(run: StatementRun, bytes: Buffer): void {
    if (run.forwarded === null) return;
    const item: OutgoingItem = { kind: 'input', input: null, slots: [] };
    const batch: OutgoingBatch = { items: [item], unrecorded: 1 };
    this.#outbox.add(batch);
    this.#recorder.input(run.forwarded, FORMAT, [bytes], [bytes], (input) => {
      item.input = input;
      batch.unrecorded--;
      this.#outbox.release();
    });
  }
}
