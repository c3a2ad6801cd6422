import { StatementOutcome } from '@sallyport/contracts/event';
import type { ForwardedStatement, SessionRecorder } from '@sallyport/proxy-kit';
import type { StatementAsk } from '../stages/classify/statement-ask.ts';
import type { StatementRun } from '../stages/record/statement-run.ts';
import { SharedRun } from './shared-run.ts';

/** Something that the target may open channels for from now on, and the statement that allowed it. */
export class StandingPermit {
  readonly ask: StatementAsk;
  readonly forwarded: ForwardedStatement;
  readonly #run: StatementRun;
  readonly #recorder: SessionRecorder;
  #open = 0;
  #ended = false;

  constructor(
    ask: StatementAsk,
    run: StatementRun,
    forwarded: ForwardedStatement,
    recorder: SessionRecorder,
  ) {
    this.ask = ask;
    this.forwarded = forwarded;
    this.#run = run;
    this.#recorder = recorder;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  /** For one connection; what it brings counts for the statement. */
  share(): StatementRun {
    this.#open++;
    return new SharedRun(this.#run, this.#recorder, (bytes) => {
      this.#run.bytes += bytes;
      this.#open--;
      this.#finishIfOver();
    });
  }

  /** No further connection comes of it; those that are open go on, and the statement ends with the last. */
  end(): void {
    this.#ended = true;
    this.#finishIfOver();
  }

  #finishIfOver(): void {
    if (this.#ended && this.#open === 0) this.#run.finish(StatementOutcome.COMPLETED, '');
  }
}
