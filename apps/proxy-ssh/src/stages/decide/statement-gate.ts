import { Outcome } from '@sallyport/contracts/access';
import type { HoldState } from '@sallyport/contracts/dataplane';
import { StatementOutcome } from '@sallyport/contracts/event';
import type { AccessError } from '@sallyport/errors';
import {
  refusalOf,
  runHold,
  type ForwardPermit,
  type HeldStatement,
  type HoldRunnerOptions,
  type RecordedDecision,
  type SessionRecorder,
} from '@sallyport/proxy-kit';
import type { StatementAsk } from '../classify/statement-ask.ts';
import type { StatementRun } from '../record/statement-run.ts';
import { heldText } from './held-text.ts';
import type { StatementDecider } from './statement-decider.ts';

/** Whether a statement may be sent. */
export type Admission =
  | { readonly kind: 'permit'; readonly permit: ForwardPermit; readonly run: StatementRun }
  | { readonly kind: 'refused'; readonly error: AccessError; readonly run: StatementRun };

export interface StatementGateOptions {
  readonly decider: StatementDecider;
  readonly recorder: SessionRecorder;
  readonly holds: HoldRunnerOptions;
}

/** Decide, record, wait for approval where it takes one; only then is there a permit (DESIGN.md, invariant 1). */
export class StatementGate {
  readonly #options: StatementGateOptions;
  readonly #waiting = new Set<Promise<unknown>>();

  constructor(options: StatementGateOptions) {
    this.#options = options;
  }

  /**
   * @param signal withdraws a hold: the caller left, or the session ends
   * @param onHeld gets the text for a caller who waits
   */
  async admit(ask: StatementAsk, signal: AbortSignal, onHeld: (text: string) => void): Promise<Admission> {
    const run = await this.#options.decider.decide(ask);
    const recorded = await this.#record(run);
    switch (recorded.kind) {
      case 'permit':
        return { kind: 'permit', permit: recorded.permit, run };
      case 'held':
        return this.#hold(recorded, run, signal, onHeld);
      case 'refused':
        return refuse(run, refusalOf(run.decided));
    }
  }

  /** What would be decided; no permit comes of it. */
  foresee(ask: StatementAsk): Promise<Outcome> {
    return this.#options.decider.foresee(ask);
  }

  /** Resolves when no statement waits for approval any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#waiting);
  }

  /** Resolves once the decision is as durable as policy asks; never if it cannot be, when the session ends. */
  #record(run: StatementRun): Promise<RecordedDecision> {
    return new Promise((resolve) => {
      this.#options.recorder.decided(run.decided, resolve);
    });
  }

  async #hold(
    held: HeldStatement,
    run: StatementRun,
    signal: AbortSignal,
    onHeld: (text: string) => void,
  ): Promise<Admission> {
    const waiting = runHold(held, this.#options.holds, signal, (hold: HoldState) => {
      onHeld(heldText(held, hold));
    });
    this.#waiting.add(waiting);
    const result = await waiting;
    this.#waiting.delete(waiting);
    if (result.kind === 'refused') return refuse(run, result.error);
    return { kind: 'permit', permit: result.permit, run };
  }
}

function refuse(run: StatementRun, error: AccessError): Admission {
  const { outcome } = run.decided.decision;
  run.finish(
    outcome === Outcome.HOLD && error.code === 'hold_withdrawn'
      ? StatementOutcome.CANCELED
      : StatementOutcome.REFUSED,
    error.code,
  );
  return { kind: 'refused', error, run };
}
