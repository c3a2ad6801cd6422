import type { UserFunction } from '../../model/catalog.ts';
import { Analysis } from '../analysis/analysis.ts';
import { rootScope, type Columns, type Scope } from '../lineage/scope.ts';
import { argumentPlaceholder, sourcesOf, union, type Sources } from '../lineage/sources.ts';
import { expressionSources } from '../query/expression.ts';
import { nodesOfBody } from './body-nodes.ts';
import { parseSql } from '../parser/parse-sql.ts';
import { statementEffects } from '../statement/statement-effects.ts';
import type { InputParameter, ReadFunction } from './function-definition.ts';
import { NO_COLUMNS } from '../query/write-query.ts';

/** A body in SQL: all its statements count; the last one gives the result. */
export function sqlBody(analysis: Analysis, user: UserFunction, read: ReadFunction): Columns {
  const inner = new Analysis(bodyEnvironment(analysis, user, read));
  const scope = bodyScope(inner, user.name, read.inputs);
  let result = NO_COLUMNS;
  for (const node of nodesOfBody(read, parseSql)) result = statementEffects(node, scope).columns;
  if (read.body === undefined && read.text === undefined) inner.addOpaqueCall(user.name);
  analysis.merge(inner.summary());
  return result;
}

/** Names inside a body resolve through its own SET search_path, and a SQL-standard body is printed qualified. */
export function bodyEnvironment(analysis: Analysis, user: UserFunction, read: ReadFunction): Analysis['env'] {
  const { env } = analysis;
  const searchPath = read.body === undefined ? (read.searchPath ?? env.searchPath) : ['pg_catalog'];
  return {
    catalog: env.catalog,
    searchPath,
    currentUser: read.isSecurityDefiner ? user.owner : env.currentUser,
  };
}

/** Parameters by number, by name and by `function.name`, as placeholders of the arguments. */
export function bodyScope(
  analysis: Analysis,
  functionName: string,
  inputs: readonly InputParameter[],
): Scope {
  const positional = inputs.map((input, index) => parameterSources(analysis, input, index));
  const variables = new Map<string, Sources>();
  inputs.forEach(({ name }, index) => {
    const value = positional[index];
    if (name === '' || value === undefined) return;
    variables.set(name, value);
    variables.set(`${functionName}.${name}`, value);
  });
  return { ...rootScope(analysis), positional, variables };
}

/** Arguments that a VARIADIC parameter may take. */
const MAX_ARGUMENTS = 100;

/** The argument, or all from there on, or what stands in for a missing one. */
function parameterSources(analysis: Analysis, input: InputParameter, index: number): Sources {
  const count = input.isVariadic ? MAX_ARGUMENTS : 1;
  const given = sourcesOf(Array.from({ length: count }, (_, offset) => argumentPlaceholder(index + offset)));
  return input.fallback === undefined
    ? given
    : union(given, expressionSources(input.fallback, rootScope(analysis)));
}
