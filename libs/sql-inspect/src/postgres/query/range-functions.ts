/** Functions, XMLTABLE and JSON_TABLE in FROM. */
import type { JsonTable, Node, RangeFunction, RangeTableFunc } from 'libpg-query';
import { castTo } from '../function/cast-type.ts';
import { callColumns } from '../function/call-columns.ts';
import { lastName, outputName } from '../lineage/output-name.ts';
import {
  bothOpen,
  rowSources,
  type Columns,
  type Namespace,
  type Scope,
  type ScopeColumn,
} from '../lineage/scope.ts';
import { NO_SOURCES, union, type Sources } from '../lineage/sources.ts';
import { expressionSources, sourcesOfEach } from './expression.ts';
import { aliased } from './from-clause.ts';

/** `f(x) AS t(a, b)`, `f(x) AS (a int)`, `ROWS FROM (f(x), g(y)) WITH ORDINALITY`. */
export function functionNamespace(range: RangeFunction, scope: Scope): Namespace {
  const parts: ScopeColumn[] = [];
  let open: Sources | undefined;
  const functions = range.functions ?? [];
  for (const node of functions) {
    const [call, definitions] = 'List' in node ? (node.List.items ?? []) : [node];
    if (call === undefined) continue;
    const own = listItems(definitions);
    const result = oneFunction(call, own.length > 0 ? own : (range.coldeflist ?? []), range, scope);
    parts.push(...result.columns);
    open = bothOpen(open, result.open);
  }
  if (range.ordinality === true) parts.push({ name: 'ordinality', sources: NO_SOURCES });
  const first = functions[0];
  const call = first !== undefined && 'List' in first ? first.List.items?.[0] : first;
  const name = call === undefined ? '' : functionName(call);
  return aliased({ columns: parts, open }, range.alias, name);
}

function oneFunction(call: Node, definitions: readonly Node[], range: RangeFunction, scope: Scope): Columns {
  const columns =
    'FuncCall' in call
      ? callColumns(call.FuncCall, scope)
      : { columns: [{ name: outputName(call), sources: expressionSources(call, scope) }], open: undefined };
  if (definitions.length > 0) return defined(definitions, columns, scope);
  const only = columns.columns[0];
  const alias = range.alias?.aliasname;
  const isScalar =
    columns.open === undefined && columns.columns.length === 1 && only?.name === functionName(call);
  if (!isScalar || alias === undefined || (range.functions ?? []).length > 1) return columns;
  // The one column of a scalar function takes the alias for its name.
  return { columns: [{ name: alias, sources: only.sources }], open: undefined };
}

/** A column definition list names the columns of a record; each may hold anything of it. */
function defined(definitions: readonly Node[], columns: Columns, scope: Scope): Columns {
  const all = rowSources(columns);
  const named = definitions.flatMap((node) => {
    if (!('ColumnDef' in node)) return [];
    castTo(scope.analysis, node.ColumnDef.typeName);
    return [{ name: node.ColumnDef.colname ?? '', sources: all }];
  });
  return { columns: named, open: undefined };
}

function listItems(node: Node | undefined): readonly Node[] {
  return node !== undefined && 'List' in node ? (node.List.items ?? []) : [];
}

function functionName(call: Node): string {
  return 'FuncCall' in call ? lastName(call.FuncCall.funcname) : outputName(call);
}

/** XMLTABLE: each column may hold anything of the document. */
export function xmlTableNamespace(range: RangeTableFunc, scope: Scope): Namespace {
  let all = sourcesOfEach([range.docexpr, range.rowexpr, ...(range.namespaces ?? [])], scope);
  const columns = (range.columns ?? []).flatMap((node) =>
    'RangeTableFuncCol' in node ? [node.RangeTableFuncCol] : [],
  );
  for (const { colexpr, coldefexpr, typeName } of columns) {
    castTo(scope.analysis, typeName);
    all = union(all, sourcesOfEach([colexpr, coldefexpr], scope));
  }
  scope.analysis.addPredicate(all);
  const named = columns.map(({ colname }) => ({ name: colname ?? '', sources: all }));
  return aliased({ columns: named, open: undefined }, range.alias, 'xmltable');
}

/** JSON_TABLE: each column may hold anything of the document and of what is passed. */
export function jsonTableNamespace(range: JsonTable, scope: Scope): Namespace {
  const item = range.context_item === undefined ? undefined : { JsonValueExpr: range.context_item };
  const path = range.pathspec?.string;
  let all = sourcesOfEach([item, path, range.on_error?.expr, ...(range.passing ?? [])], scope);
  const names: string[] = [];
  const collect = (columns: readonly Node[]): void => {
    const own = columns.flatMap((node) => ('JsonTableColumn' in node ? [node.JsonTableColumn] : []));
    for (const column of own) {
      castTo(scope.analysis, column.typeName);
      all = union(
        all,
        sourcesOfEach([column.pathspec?.string, column.on_empty?.expr, column.on_error?.expr], scope),
      );
      if (column.coltype !== 'JTC_NESTED') names.push(column.name ?? '');
    }
    // The server lists the columns of a level before those of the levels nested in it.
    for (const column of own) if (column.coltype === 'JTC_NESTED') collect(column.columns ?? []);
  };
  collect(range.columns ?? []);
  scope.analysis.addPredicate(all);
  const columns = names.map((name) => ({ name, sources: all }));
  return aliased({ columns, open: undefined }, range.alias, 'json_table');
}
