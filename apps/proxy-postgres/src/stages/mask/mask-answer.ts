/**
 * Masks what the target answers to one session (DESIGN.md, section 6): rows by
 * the union of the statement's lineage and the server's own column origins,
 * texts by detectors, and whatever else may carry a value. What cannot be told
 * is hidden.
 */
import {
  BackendType,
  decodeParameterStatus,
  decodeRowDescription,
  frameBytes,
  type RowPlan,
  type ScannedPart,
} from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';
import type { FrameMasker } from '@sallyport/proxy-kit';
import type { SqlCatalog } from '@sallyport/sql-inspect';
import type { ExecuteSlot, QuerySlot, ReplySlot } from '../../loops/reply-slot.ts';
import type { StatementRun } from '../../loops/statement-run.ts';
import type { ResultPlan } from './answer-plan.ts';
import { copyMasker, type CopyMask } from './mask-copy.ts';
import { withheldDiagnostic, withheldNotification } from './mask-diagnostic.ts';
import { planRows, touchesMaskedColumn } from './plan-rows.ts';
import { rowMasker } from './row-masker.ts';

/** Where masked and passed bytes go; see stages/record. */
export interface MaskSink {
  pass(run: StatementRun | null, source: Buffer, start: number, end: number): void;
  masked(run: StatementRun | null, masker: FrameMasker, bytes: Uint8Array): void;
}

export interface MaskAnswerOptions {
  readonly sink: MaskSink;
  /** The catalog of now; null: none could be loaded. */
  readonly catalog: () => SqlCatalog | null;
  /** Whether the policy in use masks anything on this target. */
  readonly hasMasks: () => boolean;
}

/** Settings that the server itself restricts to a few words; what else it reports could hold any value. */
const CLOSED_SETTINGS: ReadonlySet<string> = new Set([
  'server_version',
  'server_encoding',
  'client_encoding',
  'DateStyle',
  'IntervalStyle',
  'TimeZone',
  'integer_datetimes',
  'standard_conforming_strings',
  'is_superuser',
  'in_hot_standby',
  'default_transaction_read_only',
  'scram_iterations',
]);

const PASS: ResultPlan = { kind: 'pass' };

export class MaskAnswer {
  readonly #options: MaskAnswerOptions;
  /** For the rows that come now. */
  #rowPlan: RowPlan | null = null;
  #rowPlanOf: QuerySlot | ExecuteSlot | null = null;
  #copy: CopyMask | null = null;

  constructor(options: MaskAnswerOptions) {
    this.#options = options;
  }

  isMasked(slot: ReplySlot): boolean {
    return resultPlanOf(slot).kind === 'mask' || this.#rowPlanOf === slot;
  }

  /** A RowDescription came for the rows of a simple query. */
  described(slot: QuerySlot, message: ScannedPart): void {
    this.#rowPlan = null;
    this.#rowPlanOf = null;
    const plan = resultPlanOf(slot);
    if (plan.kind === 'pass' || slot.run === null) return;
    const bytes = frameBytes(message);
    if (plan.kind === 'watch' && plan.verified?.equals(bytes) === true) return;
    const { fields } = decodeRowDescription(message);
    if (plan.kind === 'watch' && !touchesMaskedColumn(fields, slot.run.plan, this.#options.catalog())) {
      plan.verified = Buffer.from(bytes);
      return;
    }
    this.#rowPlan = planRows(plan, fields, slot.run, this.#options.catalog());
    this.#rowPlanOf = slot;
  }

  rows(slot: QuerySlot | ExecuteSlot, run: StatementRun, part: ScannedPart): void {
    const plan = resultPlanOf(slot);
    if (part.type === BackendType.CopyData) {
      this.#copyData(slot, run, part, plan);
      return;
    }
    if (plan.kind !== 'mask' && this.#rowPlanOf !== slot) {
      this.#options.sink.pass(run, part.source, part.start, part.end);
      return;
    }
    this.#options.sink.masked(run, rowMasker(this.#rowPlanFor(slot, run, plan)), frameBytes(part));
  }

  #rowPlanFor(slot: QuerySlot | ExecuteSlot, run: StatementRun, plan: ResultPlan): RowPlan {
    if (this.#rowPlanOf === slot && this.#rowPlan !== null) return this.#rowPlan;
    const fields = slot.kind === 'execute' ? slot.portal?.fields : undefined;
    if (fields === undefined || fields === null) throw undescribed();
    this.#rowPlan = planRows(plan, fields, run, this.#options.catalog());
    this.#rowPlanOf = slot;
    return this.#rowPlan;
  }

  #copyData(slot: QuerySlot | ExecuteSlot, run: StatementRun, part: ScannedPart, plan: ResultPlan): void {
    if (plan.kind !== 'mask') {
      this.#options.sink.pass(run, part.source, part.start, part.end);
      return;
    }
    if (this.#copy?.slot !== slot || this.#copy.plan !== plan) this.#copy = copyMasker(slot, plan, run);
    this.#options.sink.masked(run, this.#copy.masker, frameBytes(part));
  }

  /** The end of a COPY TO STDOUT: nothing of it may still be held back. @throws AccessError protocol_violation */
  copyDone(slot: ReplySlot): void {
    if (this.#copy?.slot !== slot) return;
    const { finish } = this.#copy;
    this.#copy = null;
    finish();
  }

  /** An error or notice. */
  diagnostic(run: StatementRun | null, part: ScannedPart): void {
    const withhold = run === null ? this.#options.hasMasks() : run.plan.withholdDiagnostics;
    if (withhold) this.#options.sink.masked(run, withheldDiagnostic, frameBytes(part));
    else this.#options.sink.pass(run, part.source, part.start, part.end);
  }

  /** A setting that the server reports; those that could carry a value do not pass a statement that reads masked columns. */
  parameterStatus(run: StatementRun | null, part: ScannedPart): void {
    const open = !CLOSED_SETTINGS.has(decodeParameterStatus(part).name);
    if (open && (run === null ? this.#options.hasMasks() : run.plan.withholdDiagnostics)) return;
    this.#options.sink.pass(run, part.source, part.start, part.end);
  }

  /** A NOTIFY: nobody knows where its payload comes from. */
  notification(part: ScannedPart): void {
    if (this.#options.hasMasks()) this.#options.sink.masked(null, withheldNotification, frameBytes(part));
    else this.#options.sink.pass(null, part.source, part.start, part.end);
  }
}

function resultPlanOf(slot: ReplySlot): ResultPlan {
  if (slot.kind === 'query') return slot.run?.plan.results[slot.index] ?? PASS;
  return slot.kind === 'execute' ? (slot.run?.plan.results[0] ?? PASS) : PASS;
}

function undescribed(): AccessError {
  return new AccessError(
    'masking_not_possible',
    'Rows came whose columns are not known, so the session ends.',
  );
}
