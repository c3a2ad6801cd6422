import type { UpdateStmt } from 'libpg-query';
import { innerScope, joinNamespaces, namespaceOf, type Columns, type Scope } from '../lineage/scope.ts';
import { writeTarget } from '../relation/write-relation.ts';
import { notePredicates } from './expression.ts';
import { fromNamespace } from './from-clause.ts';
import { Assignments, assignedNames, noteAssignments, returningColumns, targetItem } from './write-query.ts';
import { withScope } from './with-clause.ts';

/** UPDATE ... SET ... [FROM] [WHERE] [RETURNING]. */
export function updateColumns(update: UpdateStmt, parent: Scope): Columns {
  const around = withScope(update.withClause, parent);
  const targets = update.targetList ?? [];
  const relation = writeTarget(around.analysis, update.relation, 'sql.update', assignedNames(targets));
  const item = targetItem(update.relation, relation, around);
  const others = fromNamespace(update.fromClause ?? [], around);
  const scope = innerScope(around, joinNamespaces(namespaceOf(item), others));
  const assignments = new Assignments();
  noteAssignments(targets, scope, relation, assignments);
  notePredicates([update.whereClause], scope);
  return returningColumns(update.returningClause, around, item, assignments, others);
}
