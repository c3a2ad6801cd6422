import type { FuncCall, Node } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import type { BuiltinFunction } from '../../model/catalog.ts';
import { findColumn } from '../lineage/name-lookup.ts';
import { rowSources, type Columns, type Scope } from '../lineage/scope.ts';
import { union, unionAll } from '../lineage/sources.ts';
import { callBuiltin, canBeBuiltin, resultOf, userResult, writtenCall } from './call-function.ts';
import type { FunctionCall } from './call.ts';

/** The columns of a function in FROM, or of `(f(x)).*`. A scalar function has one column, of its own name. */
export function callColumns(node: FuncCall, scope: Scope): Columns {
  const call = writtenCall(node, scope);
  const { analysis } = scope;
  if (analysis.path.isStale(call.name)) return { columns: [], open: resultOf(call) };
  const builtin = canBeBuiltin(call) ? analysis.env.catalog.builtinFunction(call.name) : undefined;
  const users = analysis.path.functions(call.name, call.schema);
  const candidates: Columns[] = users.map((user) => userResult(analysis, user, call));
  if (builtin !== undefined) candidates.push(builtinColumns(call, builtin));
  const [first, ...others] = candidates;
  if (first === undefined)
    return { columns: [{ name: call.name, sources: resultOf(call) }], open: undefined };
  return others.reduce(either, first);
}

function builtinColumns(call: FunctionCall, builtin: BuiltinFunction): Columns {
  const sources = callBuiltin(call);
  if (builtin.shape === 'scalar' || isScalarUnnest(call)) {
    return { columns: [{ name: call.name, sources }], open: undefined };
  }
  if (builtin.shape === 'columns' && builtin.outputs !== undefined) {
    return { columns: builtin.outputs.map((name) => ({ name, sources })), open: undefined };
  }
  return { columns: [], open: sources };
}

/** One or the other: the same columns where they agree on them, else anything of both. */
function either(a: Columns, b: Columns): Columns {
  const agree =
    a.open === undefined &&
    b.open === undefined &&
    a.columns.length === b.columns.length &&
    a.columns.every((column, index) => column.name === b.columns[index]?.name);
  if (!agree) return { columns: [], open: union(rowSources(a), rowSources(b)) };
  return {
    columns: a.columns.map(({ name, sources }, index) => ({
      name,
      sources: unionAll([sources, b.columns[index]?.sources ?? sources]),
    })),
    open: undefined,
  };
}

/** Row types with fixed oids (pg_type, pg_attribute, pg_proc, pg_class, record) and their arrays. */
const ROW_TYPES: ReadonlySet<number> = new Set([71, 75, 81, 83, 210, 270, 272, 273, 2249, 2287]);
/** Types that initdb makes up (row types of catalogs among them) begin here. */
const FIRST_GENERATED_OID = 10_000;

/** unnest of one array of plain values is one column; of several arrays, or of rows, it is more. */
function isScalarUnnest({ name, nodes, scope }: FunctionCall): boolean {
  return name === 'unnest' && nodes.length === 1 && nodes.every((node) => isScalarArray(node, scope));
}

/** Whether the elements of an array are certainly not rows, so that unnest gives one column. */
function isScalarArray(node: Node, scope: Scope): boolean {
  if ('A_ArrayExpr' in node)
    return (node.A_ArrayExpr.elements ?? []).every((element) => 'A_Const' in element);
  if ('TypeCast' in node) {
    const names = stringsOf(node.TypeCast.typeName?.names);
    const name = names.at(-1) ?? '';
    const { catalog } = scope.analysis.env;
    return catalog.isSystemType(name) && !catalog.isUserType(name) && !/^_?record$|^_?pg_|^any/.test(name);
  }
  if ('ColumnRef' in node) {
    const base = findColumn(scope, stringsOf(node.ColumnRef.fields))?.base;
    const type = base?.relation.columns.find((column) => column.name === base.column)?.typeOid;
    return type !== undefined && type < FIRST_GENERATED_OID && !ROW_TYPES.has(type);
  }
  return false;
}
