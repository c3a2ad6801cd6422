import type {
  Alias,
  Node,
  RangeFunction,
  RangeSubselect,
  RangeTableFunc,
  RangeTableSample,
  RangeVar,
  JsonTable,
} from 'libpg-query';
import { dispatch, stringsOf, type NodeHandlers } from '../parser/ast.ts';
import {
  EMPTY_NAMESPACE,
  innerScope,
  joinNamespaces,
  namespaceOf,
  renamed,
  type Columns,
  type Namespace,
  type Scope,
} from '../lineage/scope.ts';
import { UNRESOLVED_COLUMNS, findRelation, readRelation } from '../relation/read-relation.ts';
import { notePredicates } from './expression.ts';
import { joinNamespace } from './join.ts';
import { queryColumns } from './query.ts';
import { functionNamespace, jsonTableNamespace, xmlTableNamespace } from './range-functions.ts';
import { findCommonTable } from './with-clause.ts';

/** Where a FROM item stands: the query around it, and the items to its left, which only lateral ones see. */
export interface FromContext {
  readonly around: Scope;
  readonly left: Namespace;
}

/** What a FROM (or USING) list makes visible. */
export function fromNamespace(items: readonly Node[], around: Scope): Namespace {
  let namespace = EMPTY_NAMESPACE;
  for (const item of items) {
    namespace = joinNamespaces(namespace, fromItem(item, { around, left: namespace }));
  }
  return namespace;
}

type FromTag =
  | 'RangeVar'
  | 'RangeSubselect'
  | 'RangeFunction'
  | 'RangeTableFunc'
  | 'JsonTable'
  | 'RangeTableSample'
  | 'JoinExpr';

const FROM_ITEMS: NodeHandlers<FromTag, FromContext, Namespace> = {
  RangeVar: (range, { around }) => relationNamespace(range, around),
  RangeSubselect: subselectNamespace,
  RangeFunction: (range: RangeFunction, context) => functionNamespace(range, lateralScope(context)),
  RangeTableFunc: (range: RangeTableFunc, context) => xmlTableNamespace(range, lateralScope(context)),
  JsonTable: (range: JsonTable, context) => jsonTableNamespace(range, lateralScope(context)),
  RangeTableSample: sampleNamespace,
  JoinExpr: joinNamespace,
};

/** One item of FROM. */
export function fromItem(node: Node, context: FromContext): Namespace {
  const { analysis } = context.around;
  return analysis.nested(() => {
    const namespace = dispatch(FROM_ITEMS, node, context);
    if (namespace !== undefined) return namespace;
    analysis.effects.add('sql.unknown', 'object', Object.keys(node)[0] ?? 'from');
    return { items: [], ...UNRESOLVED_COLUMNS };
  });
}

function lateralScope({ around, left }: FromContext): Scope {
  return left === EMPTY_NAMESPACE ? around : innerScope(around, left);
}

/** A name in FROM: a WITH query in reach, else a relation. */
export function relationNamespace(range: RangeVar, around: Scope): Namespace {
  const name = range.relname ?? '';
  const isBare = range.schemaname === undefined && range.catalogname === undefined;
  const common = isBare ? findCommonTable(around, name) : undefined;
  if (common !== undefined) return aliased(common.columns(), range.alias, name);
  const relation = findRelation(around.analysis, range);
  if (relation === undefined) return aliased(UNRESOLVED_COLUMNS, range.alias, name);
  const { columns, open } = readRelation(around.analysis, relation, range.inh !== true);
  return namespaceOf({
    name: range.alias?.aliasname ?? name,
    columns: renamed(columns, stringsOf(range.alias?.colnames)),
    open,
    relation,
    isOwnName: range.alias === undefined,
  });
}

/** Columns under an alias. */
export function aliased({ columns, open }: Columns, alias: Alias | undefined, name: string): Namespace {
  return namespaceOf({
    name: alias?.aliasname ?? name,
    columns: renamed(columns, stringsOf(alias?.colnames)),
    open,
  });
}

function subselectNamespace({ lateral, subquery, alias }: RangeSubselect, context: FromContext): Namespace {
  const scope = lateral === true ? lateralScope(context) : context.around;
  const columns = subquery === undefined ? UNRESOLVED_COLUMNS : queryColumns(subquery, scope);
  // Without an alias (from 16 on) its columns are visible, but under no name.
  return aliased(columns, alias, '');
}

function sampleNamespace({ relation, args, repeatable }: RangeTableSample, context: FromContext): Namespace {
  notePredicates([...(args ?? []), repeatable], lateralScope(context));
  return relation === undefined ? EMPTY_NAMESPACE : fromItem(relation, context);
}
