/**
 * Conditions of a view's own that nobody who reads through it can vary: one
 * stored column against constants, as in `email IS NOT NULL`. Each row passes
 * or not, whatever the caller writes, sets or stores elsewhere. Anything else
 * a view tests stays a predicate of whoever reads it: a second column could be
 * one that the caller sees or fills (`email = note`), and a setting, the time
 * zone, a user's function or another row could be the caller's question.
 */
import type { A_Expr, FuncCall, Node } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import { specialBuiltin } from '../function/builtin-special.ts';
import { findColumn } from '../lineage/name-lookup.ts';
import type { Scope, ScopeColumn } from '../lineage/scope.ts';

/** Types (pg_type.dat) whose text and order no setting changes: bool, int8, int2, int4, text, bpchar, varchar, date, numeric, uuid, name. */
const PLAIN_TYPES: ReadonlySet<number> = new Set([16, 20, 21, 23, 25, 1042, 1043, 1082, 1700, 2950, 19]);
/** The same by the names that casts have. */
const PLAIN_CASTS: ReadonlySet<string> = new Set(
  'bool int8 int2 int4 text bpchar varchar numeric uuid name'.split(' '),
);
/** Of pg_catalog: on these types each of them is immutable. */
const PLAIN_OPERATORS: ReadonlySet<string> = new Set(
  '= <> < <= > >= ~~ !~~ ~~* !~~* ~ !~ ~* !~* || + - * / %'.split(' '),
);

interface Test {
  readonly scope: Scope;
  /** The one column that the test may be about. */
  column: ScopeColumn | undefined;
}

/** Whether a condition is such a test. Looks only: effects are noted by whoever evaluates it. */
export function isFixedTest(node: Node, scope: Scope): boolean {
  const { catalog } = scope.analysis.env;
  // A cast of somebody's own between plain types may run anywhere, and is not printed where it is implicit.
  const hasOwnCasts = catalog.casts.some(({ sourceType }) => catalog.isSystemType(sourceType));
  return !hasOwnCasts && isFixed(node, { scope, column: undefined });
}

function isFixed(node: Node | undefined, test: Test): boolean {
  if (node === undefined) return true;
  if ('A_Const' in node) return true;
  if ('ColumnRef' in node) return isTheColumn(node, test, true);
  if ('BoolExpr' in node) return areFixed(node.BoolExpr.args, test);
  if ('NullTest' in node) {
    const { arg } = node.NullTest;
    // Whether there is a value no setting changes, whatever its type.
    return arg !== undefined && 'ColumnRef' in arg ? isTheColumn(arg, test, false) : isFixed(arg, test);
  }
  if ('BooleanTest' in node) return isFixed(node.BooleanTest.arg, test);
  if ('CoalesceExpr' in node) return areFixed(node.CoalesceExpr.args, test);
  if ('A_ArrayExpr' in node) return areFixed(node.A_ArrayExpr.elements, test);
  if ('List' in node) return areFixed(node.List.items, test);
  if ('A_Expr' in node) return isFixedOperation(node.A_Expr, test);
  if ('FuncCall' in node) return isFixedCall(node.FuncCall, test);
  if ('TypeCast' in node) {
    const names = builtinName(node.TypeCast.typeName?.names);
    return names !== undefined && PLAIN_CASTS.has(names) && isFixed(node.TypeCast.arg, test);
  }
  return false;
}

function areFixed(nodes: readonly Node[] | undefined, test: Test): boolean {
  return (nodes ?? []).every((node) => isFixed(node, test));
}

function isTheColumn(node: Node, test: Test, needsPlainType: boolean): boolean {
  const fields = 'ColumnRef' in node ? (node.ColumnRef.fields ?? []) : [];
  if (fields.some((field) => !('String' in field))) return false;
  const column = findColumn(test.scope, stringsOf(fields));
  if (column?.isDirect !== true || column.sources.unknown) return false;
  if (test.column !== undefined && test.column !== column) return false;
  test.column = column;
  if (!needsPlainType) return true;
  const { base } = column;
  const type = base?.relation.columns.find(({ name }) => name === base.column)?.typeOid;
  return type !== undefined && PLAIN_TYPES.has(type);
}

function isFixedOperation({ kind, name, lexpr, rexpr }: A_Expr, test: Test): boolean {
  // NULLIF and BETWEEN are printed as other nodes, and SIMILAR TO as a call; what is left compares.
  const compares =
    kind === 'AEXPR_OP' ||
    kind === 'AEXPR_OP_ANY' ||
    kind === 'AEXPR_OP_ALL' ||
    kind === 'AEXPR_IN' ||
    kind === 'AEXPR_LIKE' ||
    kind === 'AEXPR_ILIKE' ||
    kind === 'AEXPR_DISTINCT' ||
    kind === 'AEXPR_NOT_DISTINCT';
  const operator = builtinName(name);
  if (!compares || operator === undefined || !PLAIN_OPERATORS.has(operator)) return false;
  return isFixed(lexpr, test) && isFixed(rexpr, test);
}

function isFixedCall(call: FuncCall, test: Test): boolean {
  const { funcname, args, agg_order, agg_filter, over, agg_star, agg_distinct, func_variadic } = call;
  const plain = [agg_order, agg_filter, over, agg_star, agg_distinct, func_variadic].every((part) => !part);
  const name = builtinName(funcname);
  const known = name === undefined ? undefined : test.scope.analysis.env.catalog.builtinFunction(name);
  if (!plain || name === undefined || known === undefined || specialBuiltin(name) !== undefined) return false;
  if (known.volatility !== 'immutable' || known.returnsSet || known.isAggregate) return false;
  return areFixed(args, test);
}

/** A view is printed with search_path = pg_catalog, so what is the system's own has no schema or that one. */
function builtinName(names: readonly Node[] | undefined): string | undefined {
  const parts = stringsOf(names);
  const isBuiltin = parts.length === 1 || (parts.length === 2 && parts[0] === 'pg_catalog');
  return isBuiltin ? parts.at(-1) : undefined;
}
