import type { MergeStmt, MergeWhenClause } from 'libpg-query';
import {
  EMPTY_NAMESPACE,
  innerScope,
  joinNamespaces,
  namespaceOf,
  type Columns,
  type RangeItem,
  type Scope,
} from '../lineage/scope.ts';
import { findRelation } from '../relation/read-relation.ts';
import { writeRelation } from '../relation/write-relation.ts';
import { expressionSources, notePredicates } from './expression.ts';
import { fromItem } from './from-clause.ts';
import { Assignments, assignedNames, noteAssignments, returningColumns, targetItem } from './write-query.ts';
import { withScope } from './with-clause.ts';

/** MERGE counts as each of its branches; one that does nothing still reads. */
export function mergeColumns(merge: MergeStmt, parent: Scope): Columns {
  const around = withScope(merge.withClause, parent);
  around.analysis.effects.addAction('sql.read');
  const relation = findRelation(around.analysis, merge.relation ?? {});
  const item = targetItem(merge.relation, relation, around);
  const source =
    merge.sourceRelation === undefined
      ? EMPTY_NAMESPACE
      : fromItem(merge.sourceRelation, { around, left: EMPTY_NAMESPACE });
  const scope = innerScope(around, joinNamespaces(namespaceOf(item), source));
  notePredicates([merge.joinCondition], scope);
  const assignments = new Assignments();
  for (const node of merge.mergeWhenClauses ?? []) {
    if ('MergeWhenClause' in node) noteBranch(node.MergeWhenClause, scope, item, assignments);
  }
  return returningColumns(merge.returningClause, around, item, assignments, source);
}

function noteBranch(branch: MergeWhenClause, scope: Scope, item: RangeItem, assignments: Assignments): void {
  const { analysis } = scope;
  const { relation } = item;
  notePredicates([branch.condition], scope);
  const targets = branch.targetList ?? [];
  switch (branch.commandType) {
    case 'CMD_INSERT': {
      const written = targets.length === 0 ? undefined : assignedNames(targets);
      if (relation !== undefined) writeRelation(analysis, relation, 'sql.insert', written);
      const names = written ?? relation?.columns.map((column) => column.name) ?? [];
      (branch.values ?? []).forEach((value, index) => {
        assignments.assign(scope, relation, names[index] ?? '', expressionSources(value, scope));
      });
      break;
    }
    case 'CMD_UPDATE':
      if (relation !== undefined) writeRelation(analysis, relation, 'sql.update', assignedNames(targets));
      noteAssignments(targets, scope, relation, assignments);
      break;
    case 'CMD_DELETE':
      if (relation !== undefined) writeRelation(analysis, relation, 'sql.delete', undefined);
      break;
    case 'CMD_NOTHING':
      break;
    default:
      analysis.effects.add('sql.unknown', 'object', 'merge');
  }
}
