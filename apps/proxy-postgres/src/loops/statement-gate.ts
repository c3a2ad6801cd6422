import { Outcome } from '@sallyport/contracts/access';
import { StatementOutcome } from '@sallyport/contracts/event';
import { AccessError } from '@sallyport/errors';
import { refusalOf, type HeldStatement, type HoldResult, type SessionRecorder } from '@sallyport/proxy-kit';
import type { Outbox, OutgoingBatch, OutgoingItem } from '../stages/forward/outbox.ts';
import { encodeRefusal } from '../wire-errors.ts';
import type { StatementRun } from './statement-run.ts';

export type StatementItem = OutgoingItem & { readonly kind: 'statement' };

export interface StatementGateOptions {
  readonly recorder: SessionRecorder;
  readonly outbox: Outbox;
  /** Waits for a human's word on a held statement. */
  readonly hold: (held: HeldStatement) => Promise<HoldResult>;
  /** Whether a statement still does what was reviewed, after the wait: views and functions may be others by now. */
  readonly stillDoesTheSame: (run: StatementRun) => Promise<boolean>;
}

/** How a statement, or what stands in for it, is sent. */
export interface GateForms {
  readonly permitted: (run: StatementRun) => StatementItem;
  readonly refused: (run: StatementRun, refusal: Buffer) => OutgoingItem;
}

/**
 * Record, then forward (DESIGN.md, invariant 1): puts a decided statement into
 * the batch that will leave once its decision is durable, or a stand-in for it.
 */
export class StatementGate {
  readonly #options: StatementGateOptions;

  constructor(options: StatementGateOptions) {
    this.#options = options;
  }

  /** True: it will run. False: it was refused, and the batch ends in its stand-in. */
  admit(run: StatementRun, batch: OutgoingBatch, forms: GateForms): boolean | Promise<boolean> {
    const notRecorded = (thrown: unknown) => refuse(run, batch, forms, tooLarge(thrown));
    try {
      const admitted = this.#admit(run, batch, forms);
      return admitted instanceof Promise ? admitted.catch(notRecorded) : admitted;
    } catch (thrown) {
      return notRecorded(thrown);
    }
  }

  #admit(run: StatementRun, batch: OutgoingBatch, forms: GateForms): boolean | Promise<boolean> {
    const { recorder, outbox } = this.#options;
    switch (run.decided.decision.outcome) {
      case Outcome.ALLOW: {
        // First, since it throws where the decision cannot be recorded; what it calls back comes later.
        recorder.decided(run.decided, (recorded) => {
          if (recorded.kind === 'permit') item.permit = recorded.permit;
          batch.unrecorded--;
          outbox.release();
        });
        const item = forms.permitted(run);
        batch.items.push(item);
        batch.unrecorded++;
        return true;
      }
      case Outcome.HOLD:
        return this.#hold(run, batch, forms);
      case Outcome.DENY:
      case Outcome.UNSPECIFIED:
      default:
        recorder.decided(run.decided, () => undefined);
        return refuse(run, batch, forms, refusalOf(run.decided));
    }
  }

  async #hold(run: StatementRun, batch: OutgoingBatch, forms: GateForms): Promise<boolean> {
    const held = await new Promise<HeldStatement>((resolve, reject) => {
      this.#options.recorder.decided(run.decided, (recorded) => {
        if (recorded.kind === 'held') resolve(recorded);
        else reject(new Error('a statement to be held was recorded as something else'));
      });
    });
    const result = await this.#options.hold(held);
    if (result.kind === 'refused') return refuse(run, batch, forms, result.error);
    if (!(await this.#options.stillDoesTheSame(run))) return refuse(run, batch, forms, changedMeanwhile(run));
    const item = forms.permitted(run);
    item.permit = result.permit;
    batch.items.push(item);
    return true;
  }
}

function refuse(run: StatementRun, batch: OutgoingBatch, forms: GateForms, error: AccessError): false {
  run.outcome = StatementOutcome.REFUSED;
  run.noteTag(error.code);
  batch.items.push(forms.refused(run, encodeRefusal(error, 'ERROR')));
  return false;
}

/** The recorder's refusal of what it could not record; anything else ends the session. */
function tooLarge(thrown: unknown): AccessError {
  if (thrown instanceof AccessError && thrown.code === 'statement_too_large') return thrown;
  throw thrown;
}

function changedMeanwhile(run: StatementRun): AccessError {
  return new AccessError(
    'approval_not_valid',
    'What the statement would do changed while it waited for approval.',
    {
      requestId: run.id,
    },
  );
}
