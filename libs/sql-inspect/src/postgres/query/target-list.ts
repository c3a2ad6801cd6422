import type { Node } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import { TooComplex } from '../analysis/analysis.ts';
import { callColumns } from '../function/call-columns.ts';
import {
  bothOpen,
  noteReads,
  type Columns,
  type RangeItem,
  type Scope,
  type ScopeColumn,
} from '../lineage/scope.ts';
import { findColumn, findItem } from '../lineage/name-lookup.ts';
import { outputName } from '../lineage/output-name.ts';
import type { Sources } from '../lineage/sources.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { expressionSources } from './expression.ts';

/** The server takes no more (MaxTupleAttributeNumber); without a bound, stars over many tables fill the memory. */
const MAX_TARGETS = 1_664;

/** The columns of a SELECT list or of RETURNING, stars expanded in place. */
export function targetColumns(targets: readonly Node[], scope: Scope): Columns {
  const columns: ScopeColumn[] = [];
  let open: Sources | undefined;
  for (const target of targets) {
    if (!('ResTarget' in target) || target.ResTarget.val === undefined) continue;
    const { name, val } = target.ResTarget;
    const expanded = expandStar(val, scope);
    if (expanded === undefined) {
      columns.push({
        name: name ?? outputName(val),
        sources: expressionSources(val, scope),
        isDirect: isDirect(val, scope),
      });
      continue;
    }
    if (columns.length + expanded.columns.length > MAX_TARGETS) throw new TooComplex();
    for (const { name: own, sources, isDirect: direct } of expanded.columns) {
      columns.push({ name: own, sources, isDirect: direct === true });
    }
    open = bothOpen(open, expanded.open);
  }
  return { columns, open };
}

/** Whether an expression gives the values of a column as they are: the column itself, or its text. */
function isDirect(node: Node, scope: Scope): boolean {
  if ('ColumnRef' in node) return findColumn(scope, stringsOf(node.ColumnRef.fields))?.isDirect === true;
  if ('CollateClause' in node)
    return node.CollateClause.arg !== undefined && isDirect(node.CollateClause.arg, scope);
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast;
    const name = stringsOf(typeName?.names).at(-1);
    const isText = name === 'text' || name === 'varchar';
    // A length cuts: a mask that shows the last four would show all of varchar(4).
    const isWhole = typeName?.typmods === undefined && typeName?.arrayBounds === undefined;
    return isText && isWhole && arg !== undefined && isDirect(arg, scope);
  }
  return false;
}

/** `*`, `alias.*` and `(row).*`; undefined for anything that is one column. */
function expandStar(node: Node, scope: Scope): Columns | undefined {
  if ('ColumnRef' in node) {
    const fields = node.ColumnRef.fields ?? [];
    const last = fields.at(-1);
    if (last === undefined || !('A_Star' in last)) return undefined;
    return fields.length === 1 ? expandAll(scope) : expandItem(stringsOf(fields), scope);
  }
  if ('A_Indirection' in node) {
    const last = node.A_Indirection.indirection?.at(-1);
    if (last === undefined || !('A_Star' in last)) return undefined;
    return expandRow(node.A_Indirection.arg, node.A_Indirection.indirection ?? [], scope);
  }
  return undefined;
}

function expandAll(scope: Scope): Columns {
  noteReads(scope.analysis, scope.namespace.columns);
  return scope.namespace;
}

function expandItem(qualifier: readonly string[], scope: Scope): Columns {
  const found = findItem(scope, [...qualifier, '*']);
  if (found !== undefined) return readWhole(found.item, scope);
  scope.analysis.addUnresolved(qualifier.join('.'));
  return UNRESOLVED_COLUMNS;
}

function readWhole(item: RangeItem, scope: Scope): Columns {
  noteReads(scope.analysis, item.columns);
  return item;
}

/** `(c).*` of a row of FROM and `(f(x)).*` have columns that can be told; any other composite value has not. */
function expandRow(arg: Node | undefined, indirection: readonly Node[], scope: Scope): Columns {
  if (arg !== undefined && indirection.length === 1) {
    const item = wholeRowItem(arg, scope);
    if (item !== undefined) return readWhole(item, scope);
    if ('FuncCall' in arg) return callColumns(arg.FuncCall, scope);
  }
  return { columns: [], open: arg === undefined ? UNRESOLVED_COLUMNS.open : expressionSources(arg, scope) };
}

function wholeRowItem(arg: Node, scope: Scope): RangeItem | undefined {
  if (!('ColumnRef' in arg)) return undefined;
  const fields = stringsOf(arg.ColumnRef.fields);
  const name = fields[0];
  if (name === undefined || fields.length !== 1) return undefined;
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    // A column of that name comes first, and its own type is not known here.
    if (level.namespace.open !== undefined || level.namespace.columns.some((column) => column.name === name))
      return undefined;
  }
  return findItem(scope, [name, '*'])?.item;
}
