import type { Node, SelectStmt } from 'libpg-query';
import {
  bothOpen,
  innerScope,
  rowSources,
  type Columns,
  type Scope,
  type ScopeColumn,
} from '../lineage/scope.ts';
import { NO_SOURCES, union } from '../lineage/sources.ts';
import { relationName, relationObjectKind } from '../relation/relation-name.ts';
import { expressionSources, noteCondition, notePredicates } from './expression.ts';
import { fromNamespace } from './from-clause.ts';
import { noteGrouping, noteOrdering, noteOrderingOfSetOperation } from './grouping.ts';
import { targetColumns } from './target-list.ts';
import { withScope } from './with-clause.ts';

/** A SELECT, VALUES, TABLE or set operation. */
export function selectColumns(select: SelectStmt, parent: Scope): Columns {
  const scope = withScope(select.withClause, parent);
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return setOperation(select, scope);
  if (select.valuesLists !== undefined) return valuesColumns(select, scope);
  return plainSelect(select, scope);
}

function plainSelect(select: SelectStmt, around: Scope): Columns {
  const { analysis } = around;
  analysis.effects.addAction('sql.read');
  const namespace = fromNamespace(select.fromClause ?? [], around);
  const scope = innerScope(around, namespace);
  noteCondition(select.whereClause, scope);
  const result = targetColumns(select.targetList ?? [], scope);
  noteGrouping(select.groupClause ?? [], scope, result.columns);
  notePredicates([select.havingClause], scope);
  for (const window of select.windowClause ?? [])
    if ('WindowDef' in window) noteWindow(window.WindowDef, scope);
  noteDistinct(select.distinctClause, scope, result);
  noteOrdering(select.sortClause ?? [], scope, result.columns);
  noteLimits(select, around);
  noteLocks(select, scope);
  return result;
}

/** Partition, order and frame of a window decide what its functions see. */
export function noteWindow(
  window: { partitionClause?: Node[]; orderClause?: Node[]; startOffset?: Node; endOffset?: Node },
  scope: Scope,
): void {
  const { partitionClause, orderClause, startOffset, endOffset } = window;
  notePredicates([...(partitionClause ?? []), ...(orderClause ?? []), startOffset, endOffset], scope);
}

/** DISTINCT is a list with one absent element; DISTINCT ON names its expressions. */
function noteDistinct(distinct: readonly Node[] | undefined, scope: Scope, result: Columns): void {
  if (distinct === undefined) return;
  const expressions = distinct.filter((node) => Object.keys(node).length > 0);
  if (expressions.length === 0) scope.analysis.addPredicate(rowSources(result));
  else noteOrdering(expressions, scope, result.columns);
}

function noteLimits(select: SelectStmt, scope: Scope): void {
  notePredicates([select.limitOffset, select.limitCount], scope);
}

/** FOR UPDATE and its kin lock the rows of what they name, or of all of FROM. */
function noteLocks(select: SelectStmt, scope: Scope): void {
  for (const clause of select.lockingClause ?? []) {
    if (!('LockingClause' in clause)) continue;
    scope.analysis.effects.addAction('sql.lock');
    const named = (clause.LockingClause.lockedRels ?? []).map((node) =>
      'RangeVar' in node ? node.RangeVar.relname : undefined,
    );
    for (const { name, relation } of scope.namespace.items) {
      if (relation === undefined || (named.length > 0 && !named.includes(name))) continue;
      scope.analysis.effects.add('sql.lock', relationObjectKind(relation), relationName(relation));
    }
  }
}

function valuesColumns(select: SelectStmt, scope: Scope): Columns {
  let columns: ScopeColumn[] = [];
  for (const list of select.valuesLists ?? []) {
    const items = 'List' in list ? (list.List.items ?? []) : [];
    columns = items.map((item, index) => ({
      name: `column${index + 1}`,
      sources: union(columns[index]?.sources ?? NO_SOURCES, expressionSources(item, scope)),
    }));
  }
  noteOrderingOfSetOperation(select.sortClause ?? [], scope, columns);
  noteLimits(select, scope);
  return { columns, open: undefined };
}

function setOperation(select: SelectStmt, scope: Scope): Columns {
  const left = selectColumns(select.larg ?? {}, scope);
  const right = selectColumns(select.rarg ?? {}, scope);
  const columns = left.columns.map((column, index) => ({
    name: column.name,
    sources: union(column.sources, right.columns[index]?.sources ?? NO_SOURCES),
    // A constant beside a column could be compared with it through an equal mask.
    isDirect: column.isDirect === true && right.columns[index]?.isDirect === true,
  }));
  const open = bothOpen(left.open, right.open);
  // Without the columns of one side, those of the other have no partner: each may hold anything of both.
  const result: Columns = open === undefined ? { columns, open } : mixed({ columns, open }, left, right);
  const keepsAll = select.op === 'SETOP_UNION' && select.all === true;
  if (!keepsAll) scope.analysis.addPredicate(rowSources(result));
  noteOrderingOfSetOperation(select.sortClause ?? [], scope, result.columns);
  noteLimits(select, scope);
  return result;
}

function mixed(result: Columns, left: Columns, right: Columns): Columns {
  const all = union(rowSources(left), rowSources(right));
  return { columns: result.columns.map(({ name }) => ({ name, sources: all })), open: all };
}
