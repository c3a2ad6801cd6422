import type { StatementOutcome } from '@sallyport/contracts/event';
import type { SessionRecorder } from '@sallyport/proxy-kit';
import { StatementRun } from '../stages/record/statement-run.ts';

/** One connection's part of a statement that has several; the statement itself ends elsewhere. */
export class SharedRun extends StatementRun {
  readonly #onEnd: (bytes: number) => void;
  #ended = false;

  /** @param onEnd gets the bytes that the caller received on this connection, once */
  constructor(whole: StatementRun, recorder: SessionRecorder, onEnd: (bytes: number) => void) {
    super(whole.decided, whole.meter, recorder);
    this.#onEnd = onEnd;
  }

  override get isFinished(): boolean {
    return this.#ended;
  }

  override finish(_outcome: StatementOutcome, _status: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(this.bytes);
  }
}
