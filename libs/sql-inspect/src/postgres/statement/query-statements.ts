import type { IntoClause, SelectStmt } from 'libpg-query';
import type { NodeHandlers } from '../parser/ast.ts';
import { rowSources, type Columns, type Scope } from '../lineage/scope.ts';
import { newRelationName } from '../relation/new-object.ts';
import { expressionSources } from '../query/expression.ts';
import { queryColumns } from '../query/query.ts';
import type { StatementResult } from './statement-result.ts';

type QueryStatement = 'SelectStmt' | 'InsertStmt' | 'UpdateStmt' | 'DeleteStmt' | 'MergeStmt' | 'ReturnStmt';

/** Statements that read and write rows. */
export const QUERY_STATEMENTS: NodeHandlers<QueryStatement, Scope, StatementResult> = {
  SelectStmt: (select, scope) => {
    scope.analysis.effects.addAction('sql.read');
    const columns = queryColumns({ SelectStmt: select }, scope);
    const into = intoClause(select);
    if (into === undefined) return rows('SELECT', columns);
    createFromQuery(into, columns, scope, 'table');
    return { tag: 'SELECT INTO', columns: { columns: [], open: undefined }, returnsRows: false };
  },
  InsertStmt: (insert, scope) =>
    written('INSERT', queryColumns({ InsertStmt: insert }, scope), insert.returningClause),
  UpdateStmt: (update, scope) =>
    written('UPDATE', queryColumns({ UpdateStmt: update }, scope), update.returningClause),
  DeleteStmt: (statement, scope) =>
    written('DELETE', queryColumns({ DeleteStmt: statement }, scope), statement.returningClause),
  MergeStmt: (merge, scope) =>
    written('MERGE', queryColumns({ MergeStmt: merge }, scope), merge.returningClause),
  // RETURN of a SQL-standard function body.
  ReturnStmt: ({ returnval }, scope) => {
    const columns =
      returnval === undefined ? [] : [{ name: 'return', sources: expressionSources(returnval, scope) }];
    return rows('RETURN', { columns, open: undefined });
  },
};

function rows(tag: string, columns: Columns): StatementResult {
  return { tag, columns, returnsRows: true };
}

function written(tag: string, columns: Columns, returning: unknown): StatementResult {
  return { tag, columns, returnsRows: returning !== undefined };
}

/** SELECT INTO stands on the leftmost SELECT of a set operation. */
function intoClause(select: SelectStmt): IntoClause | undefined {
  return select.larg === undefined ? select.intoClause : intoClause(select.larg);
}

/** A table made of a query's rows: created, filled, and a copy of what it was made of. */
export function createFromQuery(
  into: IntoClause,
  columns: Columns,
  scope: Scope,
  kind: 'table' | 'materialized-view',
): void {
  const { analysis } = scope;
  const name = newRelationName(analysis, into.rel ?? {});
  analysis.effects.add('sql.ddl.create', kind, name);
  analysis.effects.add('sql.insert', kind, name);
  analysis.addDerived(rowSources(columns));
  analysis.changesCatalog = true;
  analysis.literalSensitive = true;
}
