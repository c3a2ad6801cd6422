import type { Analysis } from '../analysis/analysis.ts';
import { nodesBelow } from '../parser/ast.ts';
import { EMPTY_NAMESPACE, innerScope, rootScope } from '../lineage/scope.ts';
import { NO_SOURCES } from '../lineage/sources.ts';
import { expressionSources } from '../query/expression.ts';

/**
 * Counts the functions called anywhere inside a DDL statement: defaults, checks,
 * index expressions, USING of a type change. The server runs many of them at
 * once. Their columns belong to the table that is being defined.
 */
export function noteStoredExpressions(analysis: Analysis, part: unknown): void {
  const scope = innerScope(rootScope(analysis), { ...EMPTY_NAMESPACE, open: NO_SOURCES });
  for (const node of nodesBelow(part)) {
    if ('FuncCall' in node || 'A_Expr' in node || 'SubLink' in node || 'TypeCast' in node)
      expressionSources(node, scope);
  }
}
