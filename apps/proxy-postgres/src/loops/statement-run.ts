import { StatementOutcome } from '@sallyport/contracts/event';
import type { AccessError } from '@sallyport/errors';
import type { DecidedStatement, ForwardedStatement, StatementMeter } from '@sallyport/proxy-kit';
import type { SqlStatement } from '@sallyport/sql-inspect';
import type { AnswerPlan } from '../stages/mask/answer-plan.ts';

/** How many values one mask changed, for the record. */
export interface MaskCount {
  readonly what: string;
  readonly strategy: string;
  values: number;
}

/**
 * One statement between its decision and its end: what its answer must go
 * through, and what of it went by so far. Shared by the request loop, which
 * makes it, and the response loop, which ends it.
 */
export class StatementRun {
  readonly decided: DecidedStatement;
  readonly plan: AnswerPlan;
  readonly meter: StatementMeter | null;
  /** What it consists of; empty where it was not understood. */
  statements: readonly SqlStatement[] = [];
  /** The text as it came; in memory only, since it may hold what is redacted in the record. */
  exactText = '';
  /** Set when its bytes were sent. */
  forwarded: ForwardedStatement | null = null;
  rows = 0;
  bytes = 0;
  /** Command tags of the statements done so far. */
  status = '';
  outcome: StatementOutcome = StatementOutcome.UNSPECIFIED;
  /** Set when a limit ended the answer: the rest is dropped, and this is its error. */
  cut: AccessError | null = null;
  readonly masks = new Map<string, MaskCount>();
  finished = false;

  constructor(decided: DecidedStatement, plan: AnswerPlan, meter: StatementMeter | null) {
    this.decided = decided;
    this.plan = plan;
    this.meter = meter;
  }

  get id(): string {
    return this.decided.request.id;
  }

  /** Notes a command tag; several statements of one text are told apart by semicolons. */
  noteTag(tag: string): void {
    this.status = this.status === '' ? tag : `${this.status}; ${tag}`.slice(0, MAX_STATUS);
  }

  countMasked(what: string, strategy: string, values: number): void {
    const count = this.masks.get(what);
    if (count === undefined) this.masks.set(what, { what, strategy, values });
    else count.values += values;
  }
}

const MAX_STATUS = 1000;
