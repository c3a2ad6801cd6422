/**
 * Expressions to sources: what base columns a value can hold something of.
 * Every node type that the grammar can put into an expression is listed; one
 * that is not is `sql.unknown` with an unknown value, so that a grammar newer
 * than this table cannot slip anything through.
 */
import type { Node } from 'libpg-query';
import { dispatch, tagOf } from '../parser/ast.ts';
import { NO_SOURCES, UNKNOWN_SOURCES, union, type Sources } from '../lineage/sources.ts';
import type { Scope } from '../lineage/scope.ts';
import { EXPRESSIONS } from './expression-nodes.ts';
import { isFixedTest } from './fixed-test.ts';

/** Sources of one expression; its effects and column uses are noted in the scope's analysis. */
export function expressionSources(node: Node, scope: Scope): Sources {
  return scope.analysis.nested(() => {
    const sources = dispatch(EXPRESSIONS, node, scope);
    if (sources !== undefined) return sources;
    const tag = tagOf(node);
    // The parser writes an absent list element as an empty object.
    if (tag === undefined) return NO_SOURCES;
    scope.analysis.effects.add('sql.unknown', 'object', tag);
    return UNKNOWN_SOURCES;
  });
}

/** Union over nodes that may be absent. */
export function sourcesOfEach(nodes: Iterable<Node | undefined>, scope: Scope): Sources {
  let all = NO_SOURCES;
  for (const node of nodes) if (node !== undefined) all = union(all, expressionSources(node, scope));
  return all;
}

/**
 * Evaluates the condition of a WHERE or ON. In a view's own definition a part of
 * it that its readers cannot vary is not their predicate (see `isFixedTest`).
 */
export function noteCondition(condition: Node | undefined, scope: Scope): void {
  const { analysis } = scope;
  if (!analysis.isViewDefinition) {
    notePredicates([condition], scope);
    return;
  }
  for (const part of conjuncts(condition)) {
    const before = analysis.predicate;
    const sources = expressionSources(part, scope);
    if (isFixedTest(part, scope)) analysis.predicate = before;
    else analysis.addPredicate(sources);
  }
}

/** What AND joins. */
function conjuncts(condition: Node | undefined): readonly Node[] {
  if (condition === undefined) return [];
  if (!('BoolExpr' in condition) || condition.BoolExpr.boolop !== 'AND_EXPR') return [condition];
  return (condition.BoolExpr.args ?? []).flatMap(conjuncts);
}

/** Evaluates expressions that decide which rows come, or how they are ordered or grouped. */
export function notePredicates(nodes: Iterable<Node | undefined>, scope: Scope): void {
  scope.analysis.addPredicate(sourcesOfEach(nodes, scope));
}
