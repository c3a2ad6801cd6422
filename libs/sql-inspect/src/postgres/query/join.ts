import type { JoinExpr } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import { useOperator } from '../function/use-operator.ts';
import {
  EMPTY_NAMESPACE,
  innerScope,
  joinNamespaces,
  noteReads,
  renamed,
  type Namespace,
  type ScopeColumn,
} from '../lineage/scope.ts';
import { union } from '../lineage/sources.ts';
import { noteCondition } from './expression.ts';
import { fromItem, type FromContext } from './from-clause.ts';

/** A join: USING and NATURAL merge their columns, an alias hides the names inside. */
export function joinNamespace(join: JoinExpr, context: FromContext): Namespace {
  const { around, left: before } = context;
  const left = join.larg === undefined ? EMPTY_NAMESPACE : fromItem(join.larg, context);
  const right =
    join.rarg === undefined
      ? EMPTY_NAMESPACE
      : fromItem(join.rarg, { around, left: joinNamespaces(before, left) });
  const shared = join.isNatural === true ? commonNames(left, right) : stringsOf(join.usingClause);
  const both = joinNamespaces(left, right);
  noteCondition(join.quals, innerScope(around, both));
  const merged = mergedColumns(shared, left, right, context);
  const rest = both.columns.filter((column) => !shared.includes(column.name));
  const named = withUsingAlias(join, merged, both);
  const columns = [...merged, ...rest];
  if (join.alias === undefined) return { ...named, columns };
  const item = {
    name: join.alias.aliasname ?? '',
    columns: renamed(columns, stringsOf(join.alias.colnames)),
    open: both.open,
  };
  return { items: [item], columns: item.columns, open: both.open };
}

function commonNames(left: Namespace, right: Namespace): string[] {
  const names = new Set(right.columns.map((column) => column.name));
  return left.columns.map((column) => column.name).filter((name) => names.has(name));
}

/** A merged column can hold the value of either side. */
function mergedColumns(
  names: readonly string[],
  left: Namespace,
  right: Namespace,
  { around }: FromContext,
): ScopeColumn[] {
  const { analysis } = around;
  if (names.length > 0) useOperator(analysis, [{ String: { sval: '=' } }]);
  return names.map((name) => {
    const sides = [...left.columns, ...right.columns].filter((column) => column.name === name);
    noteReads(analysis, sides);
    let sources = sides
      .map((column) => column.sources)
      .reduce(union, { columns: new Set<string>(), unknown: false });
    for (const open of [left.open, right.open]) if (open !== undefined) sources = union(sources, open);
    analysis.addPredicate(sources);
    return { name, sources, isDirect: sides.every((side) => side.isDirect === true) };
  });
}

function withUsingAlias(join: JoinExpr, merged: readonly ScopeColumn[], both: Namespace): Namespace {
  const alias = join.join_using_alias;
  if (alias === undefined) return both;
  const item = { name: alias.aliasname ?? '', columns: merged, open: undefined };
  return { ...both, items: [...both.items, item] };
}
