import type { A_Expr, JsonBehavior, JsonOutput, JsonValueExpr, Node } from 'libpg-query';
import { stringOf, stringsOf, type NodeHandlers, type NodeOf } from '../parser/ast.ts';
import { NO_SOURCES, UNKNOWN_SOURCES, union, unionAll, type Sources } from '../lineage/sources.ts';
import { noteReads, rowSources, type Scope } from '../lineage/scope.ts';
import { findItem, lookupColumn } from '../lineage/name-lookup.ts';
import { callFunction, callUserFunction } from '../function/call-function.ts';
import { useOperator } from '../function/use-operator.ts';
import { castTo } from '../function/cast-type.ts';
import { expressionSources, notePredicates, sourcesOfEach } from './expression.ts';
import { queryColumns } from './query.ts';

/** Node types that the grammar puts into expressions. */
export type ExpressionTag =
  | 'A_ArrayExpr'
  | 'A_Const'
  | 'A_Expr'
  | 'A_Indices'
  | 'A_Indirection'
  | 'A_Star'
  | 'BooleanTest'
  | 'BoolExpr'
  | 'CaseExpr'
  | 'CaseWhen'
  | 'CoalesceExpr'
  | 'CollateClause'
  | 'ColumnRef'
  | 'CurrentOfExpr'
  | 'FuncCall'
  | 'GroupingFunc'
  | 'GroupingSet'
  | 'JsonAggConstructor'
  | 'JsonArgument'
  | 'JsonArrayAgg'
  | 'JsonArrayConstructor'
  | 'JsonArrayQueryConstructor'
  | 'JsonBehavior'
  | 'JsonFuncExpr'
  | 'JsonIsPredicate'
  | 'JsonKeyValue'
  | 'JsonObjectAgg'
  | 'JsonObjectConstructor'
  | 'JsonParseExpr'
  | 'JsonScalarExpr'
  | 'JsonSerializeExpr'
  | 'JsonValueExpr'
  | 'List'
  | 'MergeSupportFunc'
  | 'MinMaxExpr'
  | 'MultiAssignRef'
  | 'NamedArgExpr'
  | 'NullTest'
  | 'ParamRef'
  | 'ResTarget'
  | 'RowExpr'
  | 'SetToDefault'
  | 'SortBy'
  | 'SQLValueFunction'
  | 'SubLink'
  | 'TypeCast'
  | 'XmlExpr'
  | 'XmlSerialize';

const constant = (): Sources => NO_SOURCES;

export const EXPRESSIONS: NodeHandlers<ExpressionTag, Scope, Sources> = {
  A_Const: constant,
  SetToDefault: constant,
  MergeSupportFunc: (_, scope) => olderCall('merge_action', 170_000, scope, NO_SOURCES),
  CurrentOfExpr: constant,
  SQLValueFunction: constant,
  ParamRef: ({ number }, scope) => parameter(number ?? 0, scope),
  A_Star: (_, scope) => everything(scope),
  ColumnRef: ({ fields }, scope) => columnReference(fields ?? [], scope),
  A_Expr: operatorExpression,
  // AND, OR, CASE and NULLIF decide whether the rest is worked out, and that can be told by an error or by time.
  BoolExpr: ({ args }, scope) => deciding(sourcesOfEach(args ?? [], scope), scope),
  NullTest: ({ arg }, scope) => sourcesOfEach([arg], scope),
  BooleanTest: ({ arg }, scope) => sourcesOfEach([arg], scope),
  CollateClause: ({ arg }, scope) => sourcesOfEach([arg], scope),
  NamedArgExpr: ({ arg }, scope) => sourcesOfEach([arg], scope),
  ResTarget: ({ val }, scope) => sourcesOfEach([val], scope),
  SortBy: ({ node, useOp }, scope) => {
    if (useOp !== undefined) useOperator(scope.analysis, useOp);
    return sourcesOfEach([node], scope);
  },
  List: ({ items }, scope) => sourcesOfEach(items ?? [], scope),
  RowExpr: ({ args }, scope) => sourcesOfEach(args ?? [], scope),
  A_ArrayExpr: ({ elements }, scope) => sourcesOfEach(elements ?? [], scope),
  CoalesceExpr: ({ args }, scope) => sourcesOfEach(args ?? [], scope),
  MinMaxExpr: ({ args }, scope) => sourcesOfEach(args ?? [], scope),
  GroupingFunc: ({ args }, scope) => {
    notePredicates(args ?? [], scope);
    return NO_SOURCES;
  },
  GroupingSet: ({ content }, scope) => sourcesOfEach(content ?? [], scope),
  MultiAssignRef: ({ source }, scope) => sourcesOfEach([source], scope),
  A_Indices: ({ lidx, uidx }, scope) => sourcesOfEach([lidx, uidx], scope),
  // A field or an element of a value holds no more than the value.
  A_Indirection: ({ arg, indirection }, scope) =>
    union(sourcesOfEach([arg], scope), sourcesOfEach((indirection ?? []).filter(isSubscript), scope)),
  CaseExpr: ({ arg, args, defresult }, scope) => {
    const tested = deciding(sourcesOfEach([arg], scope), scope);
    const all = union(tested, sourcesOfEach([...(args ?? []), defresult], scope));
    return arg === undefined ? all : union(all, useOperator(scope.analysis, EQUALS, [all, all]));
  },
  CaseWhen: ({ expr, result }, scope) =>
    union(deciding(sourcesOfEach([expr], scope), scope), sourcesOfEach([result], scope)),
  TypeCast: ({ arg, typeName }, scope) => castTo(scope.analysis, typeName, sourcesOfEach([arg], scope)),
  FuncCall: callFunction,
  SubLink: ({ testexpr, operName, subselect, subLinkType }, scope) => {
    let tested = sourcesOfEach([testexpr], scope);
    if (testexpr !== undefined)
      tested = union(tested, useOperator(scope.analysis, operName ?? EQUALS, [tested]));
    if (subselect === undefined) return tested;
    const rows = rowSources(queryColumns(subselect, scope));
    if (subLinkType !== 'EXISTS_SUBLINK') return union(tested, rows);
    return tested;
  },
  XmlExpr: ({ named_args, args }, scope) => sourcesOfEach([...(named_args ?? []), ...(args ?? [])], scope),
  XmlSerialize: ({ expr, typeName }, scope) => castTo(scope.analysis, typeName, sourcesOfEach([expr], scope)),
  JsonValueExpr: jsonValue,
  JsonKeyValue: ({ key, value }, scope) => union(sourcesOfEach([key], scope), optionalValue(value, scope)),
  JsonArgument: ({ val }, scope) => optionalValue(val, scope),
  JsonBehavior: behavior,
  JsonParseExpr: ({ expr, output }, scope) =>
    olderCall('json', 170_000, scope, union(optionalValue(expr, scope), jsonOutput(output, scope))),
  JsonScalarExpr: ({ expr, output }, scope) =>
    olderCall('json_scalar', 170_000, scope, union(sourcesOfEach([expr], scope), jsonOutput(output, scope))),
  JsonSerializeExpr: ({ expr, output }, scope) =>
    olderCall('json_serialize', 170_000, scope, union(optionalValue(expr, scope), jsonOutput(output, scope))),
  JsonIsPredicate: ({ expr }, scope) => sourcesOfEach([expr], scope),
  JsonObjectConstructor: ({ exprs, output }, scope) =>
    olderCall(
      'json_object',
      160_000,
      scope,
      union(sourcesOfEach(exprs ?? [], scope), jsonOutput(output, scope)),
    ),
  JsonArrayConstructor: ({ exprs, output }, scope) =>
    olderCall(
      'json_array',
      160_000,
      scope,
      union(sourcesOfEach(exprs ?? [], scope), jsonOutput(output, scope)),
    ),
  JsonArrayQueryConstructor: ({ query, output }, scope) =>
    union(
      query === undefined ? NO_SOURCES : rowSources(queryColumns(query, scope)),
      jsonOutput(output, scope),
    ),
  JsonAggConstructor: ({ output, agg_filter, agg_order, over }, scope) => {
    notePredicates([agg_filter, ...(agg_order ?? [])], scope);
    notePredicates([...(over?.partitionClause ?? []), ...(over?.orderClause ?? [])], scope);
    notePredicates([over?.startOffset, over?.endOffset], scope);
    return jsonOutput(output, scope);
  },
  JsonObjectAgg: (node, scope) => {
    const { arg } = node;
    return union(
      aggregate(node, scope),
      union(sourcesOfEach([arg?.key], scope), optionalValue(arg?.value, scope)),
    );
  },
  JsonArrayAgg: (node, scope) =>
    olderCall('json_arrayagg', 160_000, scope, union(aggregate(node, scope), optionalValue(node.arg, scope))),
  JsonFuncExpr: (call, scope) => {
    const args = unionAll([
      optionalValue(call.context_item, scope),
      sourcesOfEach([call.pathspec, ...(call.passing ?? [])], scope),
      behavior(call.on_empty ?? {}, scope),
      behavior(call.on_error ?? {}, scope),
      jsonOutput(call.output, scope),
    ]);
    return olderCall((call.op ?? '').replace(/_OP$/, '').toLowerCase(), 170_000, scope, args);
  },
};

/** Notes what decides whether something else is worked out, or whether it is NULL. */
function deciding(sources: Sources, scope: Scope): Sources {
  scope.analysis.addPredicate(sources);
  return sources;
}

/**
 * Words that newer servers read as syntax and older ones as a call: there, a
 * user's function of that name is what runs.
 */
function olderCall(name: string, since: number, scope: Scope, args: Sources): Sources {
  const { analysis } = scope;
  if (analysis.env.catalog.serverVersion >= since) return args;
  let result = args;
  for (const user of analysis.path.functions(name))
    result = union(result, callUserFunction(analysis, user, [args]));
  return result;
}

const EQUALS: readonly Node[] = [{ String: { sval: '=' } }];

function isSubscript(node: Node): boolean {
  return 'A_Indices' in node;
}

function parameter(number: number, scope: Scope): Sources {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    if (level.positional !== undefined) return level.positional[number - 1] ?? UNKNOWN_SOURCES;
  }
  scope.analysis.parameters.add(number);
  return NO_SOURCES;
}

/** A bare star inside an expression: nothing the server takes but count(*), so all there is. */
function everything(scope: Scope): Sources {
  noteReads(scope.analysis, scope.namespace.columns);
  return rowSources(scope.namespace);
}

function columnReference(fields: readonly Node[], scope: Scope): Sources {
  const last = fields.at(-1);
  if (last === undefined || !('A_Star' in last)) return lookupColumn(scope, stringsOf(fields));
  // `alias.*` as a value, in a row or a call: the whole row.
  const qualifier = [...stringsOf(fields), '*'];
  const found = findItem(scope, qualifier);
  if (found === undefined) return lookupColumn(scope, qualifier);
  noteReads(scope.analysis, found.item.columns);
  return rowSources(found.item);
}

function operatorExpression(expression: A_Expr, scope: Scope): Sources {
  const { kind, name, lexpr, rexpr } = expression;
  const left = lexpr === undefined ? NO_SOURCES : expressionSources(lexpr, scope);
  const right = rexpr === undefined ? NO_SOURCES : expressionSources(rexpr, scope);
  let result = union(left, right);
  if (kind === 'AEXPR_NULLIF') deciding(result, scope);
  for (const operator of operatorsOf(kind, name ?? [])) {
    result = union(result, useOperator(scope.analysis, operator, [left, right]));
  }
  return result;
}

/** BETWEEN is written as one word and run as comparisons. */
function operatorsOf(kind: A_Expr['kind'], name: readonly Node[]): readonly (readonly Node[])[] {
  const isBetween =
    stringOf(name.at(-1))?.includes('BETWEEN') === true || kind?.startsWith('AEXPR_BETWEEN') === true;
  if (!isBetween) return [name];
  return ['>=', '<=', '<', '>'].map((symbol) => [{ String: { sval: symbol } }]);
}

function jsonValue({ raw_expr, formatted_expr }: JsonValueExpr, scope: Scope): Sources {
  return sourcesOfEach([raw_expr, formatted_expr], scope);
}

function optionalValue(value: JsonValueExpr | undefined, scope: Scope): Sources {
  return value === undefined ? NO_SOURCES : jsonValue(value, scope);
}

function behavior({ expr }: JsonBehavior, scope: Scope): Sources {
  return sourcesOfEach([expr], scope);
}

function jsonOutput(output: JsonOutput | undefined, scope: Scope): Sources {
  return output === undefined ? NO_SOURCES : castTo(scope.analysis, output.typeName);
}

/** The parser calls a field `constructor`, which every object has one of in JavaScript. */
function aggregate(node: NodeOf<'JsonObjectAgg'> | NodeOf<'JsonArrayAgg'>, scope: Scope): Sources {
  const agg = Object.hasOwn(node, 'constructor') ? node.constructor : undefined;
  return agg === undefined ? NO_SOURCES : EXPRESSIONS.JsonAggConstructor(agg, scope);
}
