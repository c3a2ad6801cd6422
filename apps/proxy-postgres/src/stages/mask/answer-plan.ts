import type { Decision } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import type { SqlOutputs, SqlStatement } from '@sallyport/sql-inspect';
import { copyProblem } from './mask-copy.ts';
import { MaskRules } from './mask-rules.ts';

/**
 * What the rows of one statement go through:
 * - `pass`: nothing of it can be sensitive; rows go through as they came;
 * - `watch`: by its lineage nothing is, and the server's own column origins are compared with that;
 * - `mask`: some column is, or cannot be told.
 */
export type ResultPlan =
  | { readonly kind: 'pass' }
  | { readonly kind: 'watch'; verified: Buffer | null }
  | { readonly kind: 'mask'; readonly outputs: SqlOutputs; readonly statement: SqlStatement };

/** What the whole answer to a text goes through. */
export interface AnswerPlan {
  /** One for each statement of the text. */
  readonly results: readonly ResultPlan[];
  /** Null: the decision asks for no masks. */
  readonly rules: MaskRules | null;
  /** Errors and notices may quote values that are masked, so their words are withheld. */
  readonly withholdDiagnostics: boolean;
}

const PASS: ResultPlan = { kind: 'pass' };
export const PASS_PLAN: AnswerPlan = { results: [], rules: null, withholdDiagnostics: false };

/**
 * Works out what an answer must go through. Pure, so that a cached decision has a cached plan.
 * @throws AccessError masking_not_possible for an answer that could not be masked as asked
 */
export function planAnswer(
  statements: readonly SqlStatement[],
  decision: Decision,
  key: Uint8Array,
): AnswerPlan {
  const obligations = decision.obligations?.masks ?? [];
  if (obligations.length === 0)
    return { results: statements.map(() => PASS), rules: null, withholdDiagnostics: false };
  const rules = new MaskRules(obligations, key);
  const sensitive = statements.map((statement) => touchesSensitive(statement, rules));
  statements.forEach((statement, index) => {
    const problem = copyProblem(statement, sensitive[index] === true || rules.detectors.length > 0);
    if (problem !== null) throw new AccessError('masking_not_possible', problem);
  });
  return {
    results: statements.map((statement, index): ResultPlan => {
      if (sensitive[index] === true || rules.detectors.length > 0) {
        return { kind: 'mask', outputs: statement.outputs, statement };
      }
      return { kind: 'watch', verified: null };
    }),
    rules,
    // Of several statements in one text an error may be about any; triggers speak where something is written.
    withholdDiagnostics:
      sensitive.includes(true) || rules.detectors.length > 0 || statements.some(mayRunTriggers),
  };
}

/** Triggers read what they like, and what they raise is not the statement's own. */
function mayRunTriggers(statement: SqlStatement): boolean {
  return statement.touches.some((touch) => touch.mode === 'write');
}

/** Whether a statement reads or writes a relation with masked columns, or does something that cannot be told. */
function touchesSensitive(statement: SqlStatement, rules: MaskRules): boolean {
  if (!rules.hasColumns) return false;
  if (statement.opaque || statement.outputs === 'unknown') return true;
  if (statement.touches.some((touch) => rules.concernsRelation(touch.name))) return true;
  const columns = [statement.predicateColumns, statement.derivedColumns];
  if (
    columns.some(
      (sources) => sources === 'unknown' || sources.some((column) => rules.ofColumn(column) !== null),
    )
  ) {
    return true;
  }
  return (
    statement.outputs !== 'none' &&
    statement.outputs.some(
      ({ sources }) => sources === 'unknown' || sources.some((column) => rules.ofColumn(column) !== null),
    )
  );
}
