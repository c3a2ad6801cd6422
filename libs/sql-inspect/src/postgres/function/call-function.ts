import type { FuncCall, Node } from 'libpg-query';
import type { UserFunction } from '../../model/catalog.ts';
import { dottedName } from '../../model/column-ref.ts';
import { stringsOf } from '../parser/ast.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { rootScope, rowSources, type Scope } from '../lineage/scope.ts';
import {
  NO_SOURCES,
  UNKNOWN_SOURCES,
  union,
  unionAll,
  withArguments,
  type Sources,
} from '../lineage/sources.ts';
import { findItem } from '../lineage/name-lookup.ts';
import { expressionSources, notePredicates, sourcesOfEach } from '../query/expression.ts';
import { noteWindow } from '../query/select.ts';
import { specialBuiltin } from './builtin-special.ts';
import { isHarmlessVolatile } from './builtin-volatile.ts';
import { hiddenCall, type FunctionCall } from './call.ts';
import { functionSummary } from './function-summary.ts';

/**
 * A function call: its effects, and what its result can hold. Which overload the
 * server takes depends on types that are not known here, so every function that
 * the name can mean counts, built-in or not.
 */
export function callFunction(call: FuncCall, scope: Scope): Sources {
  return resultOf(writtenCall(call, scope));
}

/** The call with its arguments worked out; ORDER BY, FILTER and OVER are noted on the way. */
export function writtenCall(call: FuncCall, scope: Scope): FunctionCall {
  const names = stringsOf(call.funcname);
  const nodes = call.args ?? [];
  const args = nodes.map((node) => expressionSources(node, scope));
  const ordering = sourcesOfEach(call.agg_order ?? [], scope);
  scope.analysis.addPredicate(ordering);
  notePredicates([call.agg_filter], scope);
  if (call.over !== undefined) noteWindow(call.over, scope);
  const within = call.agg_within_group === true ? ordering : NO_SOURCES;
  return {
    name: names.at(-1) ?? '',
    schema: names.length > 1 ? names.at(-2) : undefined,
    nodes,
    args,
    values: union(unionAll(args), within),
    isPositional: call.func_variadic !== true && !nodes.some((node) => 'NamedArgExpr' in node),
    scope,
  };
}

/** What the result of a call can hold, over all functions that it can mean. */
export function resultOf(call: FunctionCall): Sources {
  const { analysis } = call.scope;
  if (analysis.path.isStale(call.name)) return notAFunction(call);
  const isBuiltin = canBeBuiltin(call) && analysis.env.catalog.builtinFunction(call.name) !== undefined;
  const users = analysis.path.functions(call.name, call.schema);
  if (!isBuiltin && users.length === 0) return notAFunction(call);
  let result = isBuiltin ? callBuiltin(call) : NO_SOURCES;
  for (const user of users) result = union(result, rowSources(userResult(analysis, user, call)));
  return result;
}

/** Whether the name as written can reach pg_catalog (or information_schema, whose functions are built in too). */
export function canBeBuiltin({ schema }: Pick<FunctionCall, 'schema'>): boolean {
  return schema === undefined || schema === 'pg_catalog' || schema === 'information_schema';
}

/** A function of pg_catalog. */
export function callBuiltin(call: FunctionCall): Sources {
  const { analysis } = call.scope;
  const special = specialBuiltin(call.name);
  if (special !== undefined) return special(call);
  const known = analysis.env.catalog.builtinFunction(call.name);
  if (known?.returnsSet === true) analysis.addPredicate(call.values);
  if (known?.volatility === 'volatile' && !isHarmlessVolatile(call.name)) {
    analysis.effects.add('sql.call', 'function', dottedName('pg_catalog', call.name));
    analysis.addDerived(call.values);
  }
  return call.values;
}

/** A user's function called by the server on its own: a trigger, an operator, a cast. Undefined: one that is not known. */
export function callUserFunction(
  analysis: Analysis,
  user: UserFunction | undefined,
  args: readonly Sources[],
): Sources {
  if (user === undefined) {
    analysis.addOpaqueCall('*');
    return UNKNOWN_SOURCES;
  }
  return rowSources(userResult(analysis, user, hiddenCall(user.name, args, rootScope(analysis))));
}

/** Merges what a user's function does and gives its result with the arguments in place. */
export function userResult(
  analysis: Analysis,
  user: UserFunction,
  call: FunctionCall,
): ReturnType<typeof functionSummary>['columns'] {
  const { summary, columns } = functionSummary(analysis.env, user);
  const args = call.isPositional ? call.args : [];
  const rest = call.isPositional ? NO_SOURCES : call.values;
  analysis.merge(summary, args, rest);
  analysis.codeEffects.addFrom(summary.effects);
  analysis.callsCode ||= user.definition !== undefined;
  if (summary.opaque || hasEffects(summary.effects)) analysis.addDerived(call.values);
  return {
    columns: columns.columns.map(({ name, sources }) => ({
      name,
      sources: withArguments(sources, args, rest),
    })),
    open: columns.open === undefined ? undefined : withArguments(columns.open, args, rest),
  };
}

function hasEffects(effects: readonly { readonly readOnly: boolean }[]): boolean {
  return effects.some((effect) => !effect.readOnly);
}

/**
 * Call syntax that is no call: `text(x)` is a cast, `email(c)` is `c.email`. Any
 * other name is one that the catalog does not have, or not yet.
 */
function notAFunction(call: FunctionCall): Sources {
  const { analysis } = call.scope;
  const only = call.nodes[0];
  if (only !== undefined && call.nodes.length === 1) {
    if (canBeBuiltin(call) && analysis.env.catalog.isSystemType(call.name)) return call.values;
    if (call.schema === undefined && isAttributeOf(only, call)) return call.values;
  }
  analysis.addUnresolved(dottedName(...[call.schema, call.name].filter((part) => part !== undefined)));
  return UNKNOWN_SOURCES;
}

function isAttributeOf(node: Node, call: FunctionCall): boolean {
  if (!('ColumnRef' in node)) return false;
  const fields = stringsOf(node.ColumnRef.fields);
  const found = findItem(call.scope, [...fields, '*']);
  return found?.item.columns.some((column) => column.name === call.name) === true;
}
