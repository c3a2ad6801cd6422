import type { InsertStmt, Node, OnConflictClause } from 'libpg-query';
import type { CatalogRelation } from '../../model/catalog.ts';
import {
  EMPTY_NAMESPACE,
  innerScope,
  namespaceOf,
  rowSources,
  type Columns,
  type RangeItem,
  type Scope,
} from '../lineage/scope.ts';
import { NO_SOURCES, union } from '../lineage/sources.ts';
import { writeRelation, writeTarget } from '../relation/write-relation.ts';
import { notePredicates, sourcesOfEach } from './expression.ts';
import { queryColumns } from './query.ts';
import {
  Assignments,
  NO_COLUMNS,
  assignedNames,
  noteAssignments,
  returningColumns,
  targetItem,
} from './write-query.ts';
import { withScope } from './with-clause.ts';

/** INSERT ... [SELECT | VALUES | DEFAULT VALUES] [ON CONFLICT] [RETURNING]. */
export function insertColumns(insert: InsertStmt, parent: Scope): Columns {
  const scope = withScope(insert.withClause, parent);
  const written = insert.cols === undefined ? undefined : assignedNames(insert.cols);
  const relation = writeTarget(scope.analysis, insert.relation, 'sql.insert', written);
  const source = insert.selectStmt === undefined ? NO_COLUMNS : queryColumns(insert.selectStmt, scope);
  const assignments = new Assignments();
  noteSubscripts(insert.cols ?? [], scope);
  assignByPosition(source, written, relation, scope, assignments);
  const isRead = insert.returningClause !== undefined || insert.onConflictClause !== undefined;
  const item = targetItem(insert.relation, relation, scope, isRead);
  noteConflict(insert.onConflictClause, scope, item, assignments);
  return returningColumns(insert.returningClause, scope, item, assignments, EMPTY_NAMESPACE);
}

function noteSubscripts(cols: readonly Node[], scope: Scope): void {
  for (const node of cols) {
    if ('ResTarget' in node)
      scope.analysis.addDerived(sourcesOfEach(node.ResTarget.indirection?.filter(isIndex) ?? [], scope));
  }
}

function isIndex(node: Node): boolean {
  return 'A_Indices' in node;
}

function assignByPosition(
  source: Columns,
  written: readonly string[] | undefined,
  relation: CatalogRelation | undefined,
  scope: Scope,
  assignments: Assignments,
): void {
  const names = written ?? relation?.columns.map((column) => column.name) ?? [];
  if (source.open === undefined) {
    source.columns.forEach(({ sources }, index) =>
      assignments.assign(scope, relation, names[index] ?? '', sources),
    );
    return;
  }
  const all = rowSources(source);
  for (const name of names) assignments.assign(scope, relation, name, all);
  scope.analysis.addDerived(all);
}

/** DO UPDATE is an update of the target; it sees the row that was not inserted as `excluded`. */
function noteConflict(
  clause: OnConflictClause | undefined,
  around: Scope,
  item: RangeItem,
  assignments: Assignments,
): void {
  if (clause === undefined) return;
  const { analysis } = around;
  const target = namespaceOf(item);
  const arbiters = (clause.infer?.indexElems ?? []).map((node) =>
    'IndexElem' in node ? node.IndexElem : undefined,
  );
  const inferScope = innerScope(around, target);
  for (const element of arbiters) {
    if (element?.name !== undefined)
      notePredicates([{ ColumnRef: { fields: [{ String: { sval: element.name } }] } }], inferScope);
    notePredicates([element?.expr], inferScope);
  }
  notePredicates([clause.infer?.whereClause], inferScope);
  if (clause.action !== 'ONCONFLICT_UPDATE') return;
  const targets = clause.targetList ?? [];
  if (item.relation !== undefined)
    writeRelation(analysis, item.relation, 'sql.update', assignedNames(targets));
  const scope = innerScope(around, { ...target, items: [...target.items, excludedRow(item, assignments)] });
  noteAssignments(targets, scope, item.relation, assignments);
  notePredicates([clause.whereClause], scope);
}

function excludedRow(item: RangeItem, assignments: Assignments): RangeItem {
  const { columns, open } = assignments.applied({
    name: 'excluded',
    columns: item.columns.map(({ name }) => ({ name, sources: NO_SOURCES })),
    open: item.open === undefined ? undefined : union(item.open, NO_SOURCES),
  });
  return { name: 'excluded', columns, open };
}
