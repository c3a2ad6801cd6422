/**
 * ORDER BY, GROUP BY and DISTINCT ON take a bare name or a number for an
 * output column (findTargetlistEntrySQL92, parse_clause.c). What they name
 * decides the order or the grouping, so it counts as a predicate.
 */
import type { Node } from 'libpg-query';
import { integerLiteral, stringsOf } from '../parser/ast.ts';
import { NO_SOURCES, UNKNOWN_SOURCES, unionAll, type Sources } from '../lineage/sources.ts';
import type { Scope, ScopeColumn } from '../lineage/scope.ts';
import { useOperator } from '../function/use-operator.ts';
import { expressionSources } from './expression.ts';

type Outputs = readonly ScopeColumn[];

/** ORDER BY and DISTINCT ON: an output name wins over a column of FROM. */
export function noteOrdering(nodes: readonly Node[], scope: Scope, outputs: Outputs): void {
  for (const node of nodes) {
    const inner = sortExpression(node, scope);
    const named = bareName(inner);
    const found = named === undefined ? [] : outputs.filter((output) => output.name === named);
    scope.analysis.addPredicate(found.length > 0 ? union(found) : byPosition(inner, scope, outputs));
  }
}

/** ORDER BY of UNION and VALUES sees output names only. */
export function noteOrderingOfSetOperation(nodes: readonly Node[], scope: Scope, outputs: Outputs): void {
  noteOrdering(nodes, scope, outputs);
}

/** GROUP BY: a column of this FROM wins over an output name. */
export function noteGrouping(nodes: readonly Node[], scope: Scope, outputs: Outputs): void {
  for (const node of nodes) {
    if ('GroupingSet' in node) {
      noteGrouping(node.GroupingSet.content ?? [], scope, outputs);
      continue;
    }
    if ('RowExpr' in node) {
      noteGrouping(node.RowExpr.args ?? [], scope, outputs);
      continue;
    }
    scope.analysis.addPredicate(groupSources(node, scope, outputs));
  }
}

function groupSources(node: Node, scope: Scope, outputs: Outputs): Sources {
  const name = bareName(node);
  if (name === undefined) return byPosition(node, scope, outputs);
  const found = outputs.filter((output) => output.name === name);
  const { columns, open } = scope.namespace;
  const isLocal = columns.some((column) => column.name === name);
  if (found.length === 0 || isLocal) return expressionSources(node, scope);
  return unionAll([union(found), open ?? NO_SOURCES]);
}

function sortExpression(node: Node, scope: Scope): Node {
  if (!('SortBy' in node)) return node;
  const { useOp, node: inner } = node.SortBy;
  if (useOp !== undefined) useOperator(scope.analysis, useOp);
  return inner ?? node;
}

function byPosition(node: Node, scope: Scope, outputs: Outputs): Sources {
  const position = integerLiteral(node);
  if (position === undefined) return expressionSources(node, scope);
  scope.analysis.literalSensitive = true;
  return outputs[position - 1]?.sources ?? UNKNOWN_SOURCES;
}

function bareName(node: Node): string | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const fields = node.ColumnRef.fields ?? [];
  return fields.length === 1 ? stringsOf(fields)[0] : undefined;
}

function union(columns: Outputs): Sources {
  return unionAll(columns.map((column) => column.sources));
}
