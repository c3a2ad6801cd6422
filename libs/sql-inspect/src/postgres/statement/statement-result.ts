import type { CopyInfo, CursorChange, PreparedChange, TransactionControl } from '../../model/inspection.ts';
import type { Columns, Scope } from '../lineage/scope.ts';
import { NO_COLUMNS } from '../query/write-query.ts';

/** What a statement is, besides the effects noted in its analysis. */
export interface StatementResult {
  /** Command tag without counts. */
  readonly tag: string;
  readonly columns: Columns;
  /** False where no rows come back. */
  readonly returnsRows: boolean;
  readonly transaction?: TransactionControl;
  readonly copy?: CopyInfo;
  readonly cursor?: CursorChange;
  readonly prepared?: PreparedChange;
}

/** A statement that returns no rows; its literals may be names, so it is never cached without them. */
export function utility(scope: Scope, tag: string, more: Partial<StatementResult> = {}): StatementResult {
  scope.analysis.literalSensitive = true;
  return { tag, columns: NO_COLUMNS, returnsRows: false, ...more };
}

/** A utility after which tables, views or functions may be others. */
export function definition(scope: Scope, tag: string): StatementResult {
  scope.analysis.changesCatalog = true;
  return utility(scope, tag);
}

/** Columns whose values come from no table: of SHOW, of EXPLAIN. */
export function plainColumns(...names: readonly string[]): Columns {
  return {
    columns: names.map((name) => ({ name, sources: { columns: new Set<string>(), unknown: false } })),
    open: undefined,
  };
}
