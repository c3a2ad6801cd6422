/**
 * Column references to sources, as parse_relation.c and parse_expr.c resolve
 * them: a bare name is a column of the nearest level that has it, then a whole
 * row; a dotted one names an item of the nearest level that has that alias.
 */
import { NO_SOURCES, UNKNOWN_SOURCES, union, unionAll, type Sources } from './sources.ts';
import { noteReads, rowSources, type RangeItem, type Scope, type ScopeColumn } from './scope.ts';

/** Columns that every table has and `*` leaves out. They hold row addresses and transaction ids, not data. */
const SYSTEM_COLUMNS: ReadonlySet<string> = new Set([
  'ctid',
  'xmin',
  'cmin',
  'xmax',
  'cmax',
  'tableoid',
  'oid',
]);

/** Sources of a column reference, without its `*` forms. */
export function lookupColumn(scope: Scope, fields: readonly string[]): Sources {
  const [first, second, third] = fields;
  if (first === undefined) return unresolved(scope, '');
  if (second === undefined) return lookupBareName(scope, first);
  const item = findItem(scope, fields);
  if (item !== undefined) {
    const column = fields[item.consumed] ?? '';
    return lookupInItem(scope, item.item, column);
  }
  const variable =
    lookupVariable(scope, fields.join('.')) ??
    lookupVariable(scope, first) ??
    (third === undefined ? undefined : lookupVariable(scope, second));
  return variable ?? unresolved(scope, fields.join('.'));
}

/** The item that the qualifying part of a reference names, and how many of the fields that part is. */
export function findItem(
  scope: Scope,
  fields: readonly string[],
): { readonly item: RangeItem; readonly consumed: number } | undefined {
  const qualifiers = fields.length - 1;
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    for (const item of level.namespace.items) {
      if (qualifiers <= 1 && item.name === fields[0]) return { item, consumed: 1 };
      if (qualifiers > 1 && isNamedBy(item, fields.slice(0, qualifiers)))
        return { item, consumed: qualifiers };
    }
  }
  return undefined;
}

function isNamedBy(item: RangeItem, qualifier: readonly string[]): boolean {
  const { relation } = item;
  if (relation === undefined || item.isOwnName !== true) return false;
  return relation.name === qualifier.at(-1) && sameSchema(relation.schema, qualifier.at(-2));
}

function sameSchema(schema: string, written: string | undefined): boolean {
  return schema === written || (written === 'pg_temp' && schema.startsWith('pg_temp_'));
}

function lookupBareName(scope: Scope, name: string): Sources {
  let possible: Sources | undefined;
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const { columns, open } = level.namespace;
    const found = columns.filter((column) => column.name === name);
    if (found.length > 0) {
      noteReads(scope.analysis, found);
      return withVariable(
        scope,
        name,
        union(unionAll(found.map((column) => column.sources)), possible ?? NO_SOURCES),
      );
    }
    if (open !== undefined) possible = possible === undefined ? open : union(possible, open);
    if (SYSTEM_COLUMNS.has(name) && level.namespace.items.some((item) => item.relation !== undefined)) {
      return possible ?? NO_SOURCES;
    }
  }
  const row = lookupWholeRow(scope, name);
  if (row !== undefined) possible = possible === undefined ? row : union(possible, row);
  const variable = lookupVariable(scope, name);
  if (variable !== undefined) possible = possible === undefined ? variable : union(possible, variable);
  return possible ?? unresolved(scope, name);
}

/** A variable of the function around may win over a column of the same name; both count. */
function withVariable(scope: Scope, name: string, sources: Sources): Sources {
  const variable = lookupVariable(scope, name);
  return variable === undefined ? sources : union(sources, variable);
}

/** `SELECT c FROM customers c`: every column of the nearest item of that name. */
export function lookupWholeRow(scope: Scope, name: string): Sources | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const item = level.namespace.items.find((candidate) => candidate.name === name);
    if (item === undefined) continue;
    noteReads(scope.analysis, item.columns);
    return rowSources(item);
  }
  return undefined;
}

/** Sources of one column of an item; a name it does not have is taken as a function of the whole row. */
export function lookupInItem(scope: Scope, item: RangeItem, name: string): Sources {
  const found = item.columns.filter((column: ScopeColumn) => column.name === name);
  if (found.length > 0) {
    noteReads(scope.analysis, found);
    const sources = unionAll(found.map((column) => column.sources));
    return item.open === undefined ? sources : union(sources, item.open);
  }
  if (item.open !== undefined) return rowSources(item);
  if (SYSTEM_COLUMNS.has(name)) return NO_SOURCES;
  noteReads(scope.analysis, item.columns);
  // `c.name` may call name(c): whatever that is, it sees the row and no catalog entry vouches for it.
  scope.analysis.addUnresolved(`${item.name}.${name}`);
  return UNKNOWN_SOURCES;
}

/** The one column that a reference certainly means; undefined where it could be several or none. Notes nothing. */
export function findColumn(scope: Scope, fields: readonly string[]): ScopeColumn | undefined {
  const name = fields.at(-1);
  if (name === undefined) return undefined;
  if (fields.length > 1) {
    const { item } = findItem(scope, fields) ?? {};
    return item?.open === undefined ? item?.columns.find((column) => column.name === name) : undefined;
  }
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const { columns, open } = level.namespace;
    if (open !== undefined) return undefined;
    const found = columns.filter((column) => column.name === name);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

function lookupVariable(scope: Scope, name: string): Sources | undefined {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.parent) {
    const found = level.variables?.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unresolved(scope: Scope, name: string): Sources {
  scope.analysis.addUnresolved(name);
  return UNKNOWN_SOURCES;
}
