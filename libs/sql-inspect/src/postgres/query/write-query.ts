/** What INSERT, UPDATE, DELETE and MERGE share: their target as a row source, assignments, RETURNING. */
import type { Node, RangeVar, ReturningClause } from 'libpg-query';
import type { CatalogRelation } from '../../model/catalog.ts';
import {
  bothOpen,
  innerScope,
  namespaceOf,
  type Columns,
  type Namespace,
  type RangeItem,
  type Scope,
  type ScopeColumn,
} from '../lineage/scope.ts';
import { UNKNOWN_SOURCES, isWithin, union, type Sources } from '../lineage/sources.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { relationShape } from '../relation/relation-shape.ts';
import { relationColumnRef } from '../relation/relation-name.ts';
import { expressionSources, sourcesOfEach } from './expression.ts';
import { targetColumns } from './target-list.ts';

/** No columns: what a write without RETURNING gives. */
export const NO_COLUMNS: Columns = { columns: [], open: undefined };

/** The target's row as expressions see it. A view that is looked into also counts as what it reads. */
export function targetItem(
  range: RangeVar | undefined,
  relation: CatalogRelation | undefined,
  scope: Scope,
  isRead: boolean = true,
): RangeItem {
  const name = range?.alias?.aliasname ?? range?.relname ?? '';
  if (relation === undefined) return { name, ...UNRESOLVED_COLUMNS };
  const { columns, summary } = relationShape(scope.analysis.env.catalog, relation);
  if (summary !== undefined && isRead) scope.analysis.merge(summary);
  return { name, columns, open: undefined, relation, isOwnName: range?.alias === undefined };
}

/** What was assigned to each column, so that RETURNING shows where its new value came from. */
export class Assignments {
  readonly #byColumn = new Map<string, Sources>();

  /** Notes `column = value`; a value copied from elsewhere is derived. */
  assign(scope: Scope, relation: CatalogRelation | undefined, column: string, value: Sources): void {
    const before = this.#byColumn.get(column);
    this.#byColumn.set(column, before === undefined ? value : union(before, value));
    const isOwn = relation !== undefined && isOwnColumn(scope, relation, column, value);
    if (!isOwn) scope.analysis.addDerived(value);
  }

  /** The row after the write: each column may hold its old value or the assigned one. */
  applied(item: RangeItem): RangeItem {
    const columns = item.columns.map((column): ScopeColumn => {
      const assigned = this.#byColumn.get(column.name);
      if (assigned === undefined) return column;
      // A value that the caller wrote is one the caller knows; one worked out of other columns is not that column's own.
      const isDirect = column.isDirect === true && assigned.columns.size === 0 && !assigned.unknown;
      return { ...column, sources: union(column.sources, assigned), isDirect };
    });
    return { ...item, columns };
  }

  get columns(): string[] {
    return [...this.#byColumn.keys()];
  }
}

function isOwnColumn(scope: Scope, relation: CatalogRelation, column: string, value: Sources): boolean {
  const own = relationShape(scope.analysis.env.catalog, relation).columns.find(
    (known) => known.name === column,
  );
  return (
    own !== undefined &&
    own.sources.columns.has(relationColumnRef(relation, column)) &&
    isWithin(value, own.sources)
  );
}

/** The names that a SET list writes to. */
export function assignedNames(targets: readonly Node[]): string[] {
  return targets.flatMap((node) =>
    'ResTarget' in node && node.ResTarget.name !== undefined ? [node.ResTarget.name] : [],
  );
}

/** Evaluates a SET list: `column = expression`, also with subscripts and from a row. */
export function noteAssignments(
  targets: readonly Node[],
  scope: Scope,
  relation: CatalogRelation | undefined,
  assignments: Assignments,
): void {
  for (const node of targets) {
    if (!('ResTarget' in node)) continue;
    const { name, val, indirection } = node.ResTarget;
    // Where in an array or a document it is written can tell as much as what.
    scope.analysis.addDerived(sourcesOfEach((indirection ?? []).filter(isSubscript), scope));
    if (val !== undefined) assignments.assign(scope, relation, name ?? '', expressionSources(val, scope));
  }
}

function isSubscript(node: Node): boolean {
  return 'A_Indices' in node;
}

/**
 * RETURNING: sees the target after the write, the other row sources, and (18)
 * the rows OLD and NEW, under those names or the ones WITH gives them.
 */
export function returningColumns(
  clause: ReturningClause | undefined,
  around: Scope,
  before: RangeItem,
  assignments: Assignments,
  others: Namespace,
): Columns {
  if (clause === undefined) return NO_COLUMNS;
  const after = assignments.applied(replacedRow(before));
  const { old, fresh } = rowNames(clause.options ?? []);
  const own = namespaceOf(after);
  const namespace: Namespace = {
    items: [
      ...own.items,
      ...others.items,
      { ...hidden(before), name: old },
      { ...hidden(after), name: fresh },
    ],
    columns: [...own.columns, ...others.columns],
    open: bothOpen(own.open, others.open),
  };
  return targetColumns(clause.exprs ?? [], innerScope(around, namespace));
}

/** A rule or an INSTEAD OF trigger returns what it likes in the place of the row. */
function replacedRow(item: RangeItem): RangeItem {
  const { relation } = item;
  if (relation === undefined || (relation.rules.length === 0 && relation.insteadTriggers.length === 0))
    return item;
  return {
    ...item,
    columns: item.columns.map((column) => ({ ...column, sources: UNKNOWN_SOURCES, isDirect: false })),
  };
}

function hidden(item: RangeItem): RangeItem {
  return { name: item.name, columns: item.columns, open: item.open };
}

function rowNames(options: readonly Node[]): { old: string; fresh: string } {
  const names = { old: 'old', fresh: 'new' };
  for (const node of options) {
    if (!('ReturningOption' in node)) continue;
    const { option, value } = node.ReturningOption;
    if (option === 'RETURNING_OPTION_OLD') names.old = value ?? 'old';
    else names.fresh = value ?? 'new';
  }
  return names;
}
