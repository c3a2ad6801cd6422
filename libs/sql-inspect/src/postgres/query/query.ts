import type { Node } from 'libpg-query';
import { dispatch, tagOf, type NodeHandlers } from '../parser/ast.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import type { Columns, Scope } from '../lineage/scope.ts';
import { deleteColumns } from './delete.ts';
import { insertColumns } from './insert.ts';
import { mergeColumns } from './merge.ts';
import { selectColumns } from './select.ts';
import { updateColumns } from './update.ts';

/** Statements that can stand inside another one: in WITH, EXPLAIN, COPY, PREPARE, a rule, a function body. */
export type QueryTag = 'SelectStmt' | 'InsertStmt' | 'UpdateStmt' | 'DeleteStmt' | 'MergeStmt';

const QUERIES: NodeHandlers<QueryTag, Scope, Columns> = {
  SelectStmt: selectColumns,
  InsertStmt: insertColumns,
  UpdateStmt: updateColumns,
  DeleteStmt: deleteColumns,
  MergeStmt: mergeColumns,
};

/** The columns that a query returns (of RETURNING for one that writes); effects are noted on the way. */
export function queryColumns(node: Node | undefined, parent: Scope): Columns {
  return parent.analysis.nested(() => {
    const columns = node === undefined ? undefined : dispatch(QUERIES, node, parent);
    if (columns !== undefined) return columns;
    parent.analysis.effects.add(
      'sql.unknown',
      'object',
      (node === undefined ? undefined : tagOf(node)) ?? 'query',
    );
    return UNRESOLVED_COLUMNS;
  });
}
