import {
  maskedField,
  type FieldDescription,
  type FieldReplacement,
  type RowPlan,
} from '@sallyport/codec-postgres';
import { maskValue, type ColumnMask } from '@sallyport/masking';
import type { SqlCatalog, SqlOutputs } from '@sallyport/sql-inspect';
import type { StatementRun } from '../../loops/statement-run.ts';
import type { AnswerPlan, ResultPlan } from './answer-plan.ts';
import { detectIn } from './detect-values.ts';
import { REDACT, type MaskRules } from './mask-rules.ts';

/** How one column of a result is hidden, and which column that is, for the record. */
interface ColumnChoice {
  readonly mask: ColumnMask;
  readonly what: string;
}

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
    const choice = chooseForField(field, sourcesAt(lineage, index, fields.length), rules, catalog);
    return choice === null ? detectIn(field, run, rules) : replacement(field, choice, run);
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

/** The strictest that lineage or origin asks for; unknown is redacted. */
export function chooseForSources(
  sources: readonly string[] | 'unknown',
  rules: MaskRules,
): ColumnChoice | null {
  if (sources === 'unknown') return rules.hasColumns ? { mask: REDACT, what: 'unknown' } : null;
  for (const column of sources) {
    const mask = rules.ofColumn(column);
    if (mask !== null) return { mask, what: column };
  }
  return null;
}

function chooseForField(
  field: FieldDescription,
  sources: readonly string[] | 'unknown',
  rules: MaskRules,
  catalog: SqlCatalog | null,
): ColumnChoice | null {
  const byLineage = chooseForSources(sources, rules);
  if (byLineage?.mask === REDACT) return byLineage;
  return chooseForSources(originOf(field, catalog), rules) ?? byLineage;
}

/** What the server says a column is: none where it says nothing, unknown for one that the catalog does not have. */
function originOf(field: FieldDescription, catalog: SqlCatalog | null): readonly string[] | 'unknown' {
  // System columns (ctid, xmin) have negative numbers and hold nothing of a row's values.
  if (field.tableOid === 0 || field.attributeNumber <= 0) return [];
  const column = catalog?.columnByOid(field.tableOid, field.attributeNumber);
  return column === undefined ? 'unknown' : [column];
}

/** Where lineage and the server do not agree on how many columns there are, none of it counts. */
function sourcesAt(outputs: SqlOutputs, index: number, count: number): readonly string[] | 'unknown' {
  if (outputs === 'none' || outputs === 'unknown' || outputs.length !== count) return 'unknown';
  return outputs[index]?.sources ?? 'unknown';
}

function replacement(field: FieldDescription, choice: ColumnChoice, run: StatementRun): FieldReplacement {
  const { mask, what } = choice;
  run.countMasked(what, mask.strategy, 0);
  const count = run.masks.get(what);
  return maskedField(field.typeOid, field.format, (text, kind) => {
    if (count !== undefined) count.values++;
    return maskValue(text, kind, mask);
  });
}
