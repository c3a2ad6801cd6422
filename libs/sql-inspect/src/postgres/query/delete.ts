import type { DeleteStmt } from 'libpg-query';
import { innerScope, joinNamespaces, namespaceOf, type Columns, type Scope } from '../lineage/scope.ts';
import { writeTarget } from '../relation/write-relation.ts';
import { notePredicates } from './expression.ts';
import { fromNamespace } from './from-clause.ts';
import { Assignments, returningColumns, targetItem } from './write-query.ts';
import { withScope } from './with-clause.ts';

/** DELETE ... [USING] [WHERE] [RETURNING]. */
export function deleteColumns(statement: DeleteStmt, parent: Scope): Columns {
  const around = withScope(statement.withClause, parent);
  const relation = writeTarget(around.analysis, statement.relation, 'sql.delete', undefined);
  const item = targetItem(statement.relation, relation, around);
  const others = fromNamespace(statement.usingClause ?? [], around);
  notePredicates([statement.whereClause], innerScope(around, joinNamespaces(namespaceOf(item), others)));
  return returningColumns(statement.returningClause, around, item, new Assignments(), others);
}
