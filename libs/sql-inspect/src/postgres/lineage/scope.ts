import type { CatalogRelation } from '../../model/catalog.ts';
import type { Analysis } from '../analysis/analysis.ts';
import type { CommonTable } from '../query/with-clause.ts';
import { relationName, relationObjectKind } from '../relation/relation-name.ts';
import { unionAll, type Sources } from './sources.ts';

/** One column of a row source or of a result. */
export interface ScopeColumn {
  readonly name: string;
  readonly sources: Sources;
  /** Set where a value is one of a base column as it is stored, not computed. */
  readonly isDirect?: boolean;
  /** Set while it is a relation's own column, so that the read of it is noted where it is used. */
  readonly base?: { readonly relation: CatalogRelation; readonly column: string };
}

/**
 * Columns in order. `open` is set where there may be more or other columns than
 * those listed (a record of a shape not known before the call): any name may
 * then be one of them, and positions say nothing.
 */
export interface Columns {
  readonly columns: readonly ScopeColumn[];
  readonly open: Sources | undefined;
}

/** One thing that FROM names: what `alias.column` can refer to. */
export interface RangeItem extends Columns {
  readonly name: string;
  /** Set where the item is a relation under its own name, which may then be written with its schema. */
  readonly relation?: CatalogRelation;
  /** True where `schema.table.column` may name it: a relation without an alias. */
  readonly isOwnName?: boolean;
}

/** What FROM makes visible: items by alias, and the columns that need no alias, in the order of `*`. */
export interface Namespace extends Columns {
  readonly items: readonly RangeItem[];
}

export const EMPTY_NAMESPACE: Namespace = { items: [], columns: [], open: undefined };

/** One level of a query; `parent` is the query around it. */
export interface Scope {
  readonly analysis: Analysis;
  readonly parent: Scope | undefined;
  readonly namespace: Namespace;
  readonly commonTables: ReadonlyMap<string, CommonTable>;
  /** Parameters and variables of a function body, by name. */
  readonly variables?: ReadonlyMap<string, Sources>;
  /** Values of `$1`...; absent outside of function bodies. */
  readonly positional?: readonly Sources[];
}

const NO_TABLES: ReadonlyMap<string, CommonTable> = new Map();

/** The outermost scope of a statement. */
export function rootScope(analysis: Analysis): Scope {
  return { analysis, parent: undefined, namespace: EMPTY_NAMESPACE, commonTables: NO_TABLES };
}

/** A level inside `parent` with its own row sources. */
export function innerScope(parent: Scope, namespace: Namespace): Scope {
  return { analysis: parent.analysis, parent, namespace, commonTables: NO_TABLES };
}

/** A level inside `parent` with its own WITH list. */
export function withCommonTables(parent: Scope, commonTables: ReadonlyMap<string, CommonTable>): Scope {
  return { analysis: parent.analysis, parent, namespace: EMPTY_NAMESPACE, commonTables };
}

/** Both namespaces side by side, as in `FROM a, b`. */
export function joinNamespaces(a: Namespace, b: Namespace): Namespace {
  if (a === EMPTY_NAMESPACE) return b;
  if (b === EMPTY_NAMESPACE) return a;
  return {
    items: [...a.items, ...b.items],
    columns: [...a.columns, ...b.columns],
    open: bothOpen(a.open, b.open),
  };
}

/** A namespace of one item. */
export function namespaceOf(item: RangeItem): Namespace {
  return { items: [item], columns: item.columns, open: item.open };
}

/** A new array of items and columns, without the ones of `open` kind losing their mark. */
export function bothOpen(a: Sources | undefined, b: Sources | undefined): Sources | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : unionAll([a, b]);
}

/** Everything a row of these columns can hold. */
export function rowSources({ columns, open }: Columns): Sources {
  const listed = unionAll(columns.map((column) => column.sources));
  return open === undefined ? listed : unionAll([listed, open]);
}

/** Columns under other names, as an alias list gives them: the first ones renamed, the rest as they were. */
export function renamed(columns: readonly ScopeColumn[], names: readonly string[]): readonly ScopeColumn[] {
  if (names.length === 0) return columns;
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

/** Marks the columns as read, each in the effect of the relation it belongs to. */
export function noteReads(analysis: Analysis, columns: readonly ScopeColumn[]): void {
  for (const { base } of columns) {
    if (base === undefined) continue;
    const { relation, column } = base;
    analysis.effects.addParts('sql.read', relationObjectKind(relation), relationName(relation), [column]);
  }
}
