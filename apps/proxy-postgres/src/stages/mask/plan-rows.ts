import {
  maskedField,
  uniformField,
  type FieldDescription,
  type FieldReplacement,
  type FormatCode,
  type RowPlan,
} from '@sallyport/codec-postgres';
import { maskValue, type ColumnMask } from '@sallyport/masking';
import type { SqlCatalog, SqlOutput, SqlOutputs } from '@sallyport/sql-inspect';
import type { StatementRun } from '../../loops/statement-run.ts';
import type { AnswerPlan, ResultPlan } from './answer-plan.ts';
import { detectIn } from './detect-values.ts';
import { REDACT, type MaskRules } from './mask-rules.ts';

/** How one column of a result is hidden, and which column that is, for the record. */
export interface ColumnChoice {
  readonly mask: ColumnMask;
  readonly what: string;
}

/** Where the values of one column of a result come from. */
export interface ColumnOrigin {
  readonly sources: readonly string[] | 'unknown';
  /** Whether they are values of a source as it is stored, not computed from it. */
  readonly isDirect: boolean;
}

const UNKNOWN_ORIGIN: ColumnOrigin = { sources: 'unknown', isDirect: false };

/** A plan for the rows that `fields` describe, for `rewriteRows`. */
export function planRows(
  plan: ResultPlan,
  fields: readonly FieldDescription[],
  run: StatementRun,
  catalog: SqlCatalog | null,
): RowPlan {
  const { rules } = run.plan;
  if (rules === null) return fields.map(() => null);
  const lineage = plan.kind === 'mask' ? plan.outputs : 'unknown';
  return fields.map((field, index) => {
    const choice = chooseForField(field, originAt(lineage, index, fields.length), rules, catalog);
    return choice === null
      ? detectIn(field.typeOid, field.format, run, rules)
      : replacement(field, choice, run);
  });
}

/** Whether the server itself says that some column comes from a masked one, or from one that is not known. */
export function touchesMaskedColumn(
  fields: readonly FieldDescription[],
  plan: AnswerPlan,
  catalog: SqlCatalog | null,
): boolean {
  const { rules } = plan;
  if (rules === null) return false;
  return fields.some((field) => {
    const origin = originOf(field, catalog);
    return origin === 'unknown' || origin.some((column) => rules.ofColumn(column) !== null);
  });
}

/**
 * The strictest that lineage or origin asks for. Unknown is redacted, and so is
 * what was computed: a mask that shows a part of a value, or keeps equality,
 * would give it away piece by piece (`substr(ssn, 4, 1)`).
 */
export function chooseForOrigin({ sources, isDirect }: ColumnOrigin, rules: MaskRules): ColumnChoice | null {
  if (sources === 'unknown') return rules.hasColumns ? { mask: REDACT, what: 'unknown' } : null;
  for (const column of sources) {
    const mask = rules.ofColumn(column);
    if (mask !== null) return { mask: isDirect ? mask : REDACT, what: column };
  }
  return null;
}

function chooseForField(
  field: FieldDescription,
  lineage: ColumnOrigin,
  rules: MaskRules,
  catalog: SqlCatalog | null,
): ColumnChoice | null {
  const byLineage = chooseForOrigin(lineage, rules);
  if (byLineage?.mask === REDACT) return byLineage;
  // The server names a column only where it gives its values as they are.
  return chooseForOrigin({ sources: originOf(field, catalog), isDirect: true }, rules) ?? byLineage;
}

/** What the server says a column is: none where it says nothing, unknown for one that the catalog does not have. */
function originOf(field: FieldDescription, catalog: SqlCatalog | null): readonly string[] | 'unknown' {
  // System columns (ctid, xmin) have negative numbers and hold nothing of a row's values.
  if (field.tableOid === 0 || field.attributeNumber <= 0) return [];
  const column = catalog?.columnByOid(field.tableOid, field.attributeNumber);
  return column === undefined ? 'unknown' : [column];
}

/** Where lineage and the server do not agree on how many columns there are, none of it counts. */
function originAt(outputs: SqlOutputs, index: number, count: number): ColumnOrigin {
  if (outputs === 'none' || outputs === 'unknown' || outputs.length !== count) return UNKNOWN_ORIGIN;
  const output = outputs[index];
  return output === undefined ? UNKNOWN_ORIGIN : directnessOf(output);
}

/** Absent means computed. */
export function directnessOf({ sources, isDirect }: SqlOutput): ColumnOrigin {
  return { sources, isDirect: isDirect === true };
}

function replacement(field: FieldDescription, choice: ColumnChoice, run: StatementRun): FieldReplacement {
  return countedReplacement(choice, run, field.typeOid, field.format);
}

/** Hides the values of one column and counts them for the record. */
export function countedReplacement(
  { mask, what }: ColumnChoice,
  run: StatementRun,
  typeOid: number,
  format: FormatCode,
): FieldReplacement {
  run.countMasked(what, mask.strategy, 0);
  const count = run.masks.get(what);
  // What was computed looks alike whatever it was, NULL too: `nullif(ssn, 'guess')`.
  const hide =
    mask === REDACT
      ? uniformField(typeOid, format, (kind) => maskValue('', kind, mask))
      : maskedField(typeOid, format, (text, kind) => maskValue(text, kind, mask));
  const counted = (source: Buffer, start: number, end: number) => {
    if (count !== undefined) count.values++;
    return hide(source, start, end);
  };
  return hide.ofNull === undefined ? counted : Object.assign(counted, { ofNull: hide.ofNull });
}
