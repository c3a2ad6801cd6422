import {
  BinaryCopyRows,
  CopyRewriter,
  CsvCopyRows,
  rewriteCopyMessages,
  TextCopyRows,
  type CopyRows,
  type FieldReplacement,
  type RowPlan,
} from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';
import type { FrameMasker } from '@sallyport/proxy-kit';
import type { CopyInfo, SqlOutput, SqlStatement } from '@sallyport/sql-inspect';
import type { ExecuteSlot, QuerySlot } from '../../loops/reply-slot.ts';
import type { StatementRun } from '../../loops/statement-run.ts';
import type { ResultPlan } from './answer-plan.ts';
import { detectIn } from './detect-values.ts';
import type { MaskRules } from './mask-rules.ts';
import { chooseForOrigin, countedReplacement, directnessOf } from './plan-rows.ts';

/** Masks the CopyData messages of one COPY TO STDOUT. */
export interface CopyMask {
  readonly slot: QuerySlot | ExecuteSlot;
  readonly plan: ResultPlan;
  readonly masker: FrameMasker;
  /** CopyDone came. @throws AccessError protocol_violation when bytes of a row are held whose end never came */
  readonly finish: () => void;
}

/**
 * Options that change how rows are written and that are not followed here. They
 * are looked for anywhere in the text, since finding out where a query ends and
 * its options begin would be a parser of its own: a column of such a name is
 * refused too.
 */
const UNFOLLOWED = /\b(quote|escape|encoding)\b/i;

/**
 * Why the rows of a COPY TO STDOUT could not be masked, to be refused before it
 * runs. Null: they can be. With another quote, escape or encoding than the usual
 * ones the fields would be parted elsewhere than the server parts them.
 */
export function copyProblem(statement: SqlStatement, outputsMasked: boolean): string | null {
  const { copy } = statement;
  if (!outputsMasked || copy?.direction !== 'out' || copy.endpoint !== 'client') return null;
  if (UNFOLLOWED.test(statement.text.replaceAll(/force[_\s]+quote/gi, ''))) {
    return 'A COPY of masked columns takes no QUOTE, ESCAPE or ENCODING option.';
  }
  if (statement.outputs === 'none' || statement.outputs === 'unknown')
    return 'The columns of this COPY cannot be told.';
  return null;
}

/** @throws AccessError masking_not_possible; `copyProblem` tells before */
export function copyMasker(slot: QuerySlot | ExecuteSlot, plan: ResultPlan, run: StatementRun): CopyMask {
  const { rules } = run.plan;
  if (plan.kind !== 'mask' || rules === null || plan.statement.copy === undefined) throw notMaskable();
  const { outputs } = plan;
  if (outputs === 'none' || outputs === 'unknown') throw notMaskable();
  const { copy } = plan.statement;
  const columns = outputs.map((output) => columnMask(output, rules, run, copy));
  const rewriter = new CopyRewriter(rowsOf(copy, columns));
  const masker: FrameMasker = {
    mask(bytes) {
      const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      return [rewriteCopyMessages({ source, start: 0, end: source.length }, rewriter)];
    },
  };
  const finish = () => {
    rewriter.finish();
  };
  return { slot, plan, masker, finish };
}

function rowsOf(copy: CopyInfo, plan: RowPlan): CopyRows {
  const delimiter = copy.delimiter === undefined ? {} : { delimiter: copy.delimiter };
  switch (copy.format) {
    case 'text':
      return new TextCopyRows(plan, { ...delimiter, header: copy.header });
    case 'csv':
      return new CsvCopyRows(plan, { ...delimiter, header: copy.header });
    case 'binary':
      return new BinaryCopyRows(plan);
  }
}

const TEXT_OID = 25;

function columnMask(
  output: SqlOutput,
  rules: MaskRules,
  run: StatementRun,
  copy: CopyInfo,
): FieldReplacement | null {
  const choice = chooseForOrigin(directnessOf(output), rules);
  // The types of a COPY's columns do not travel with it, so a binary value can only become NULL.
  const [typeOid, format] =
    copy.format === 'binary' ? ([0, 'binary'] as const) : ([TEXT_OID, 'text'] as const);
  return choice === null
    ? detectIn(typeOid, format, run, rules)
    : countedReplacement(choice, run, typeOid, format);
}

function notMaskable(): AccessError {
  return new AccessError('masking_not_possible', 'The form of this COPY cannot be masked.');
}
