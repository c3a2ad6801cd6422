import type { ColumnRef, ColumnSources } from '../../model/column-ref.ts';

/**
 * Where a value comes from. `unknown` wins over the columns beside it when it
 * is reported, but both are kept: a union never loses a column.
 */
export interface Sources {
  readonly columns: ReadonlySet<ColumnRef>;
  readonly unknown: boolean;
}

const NONE: ReadonlySet<ColumnRef> = new Set();

/** A constant, a parameter, or nothing. */
export const NO_SOURCES: Sources = { columns: NONE, unknown: false };

/** Anything that is not positively understood. */
export const UNKNOWN_SOURCES: Sources = { columns: NONE, unknown: true };

export function sourcesOf(columns: Iterable<ColumnRef>): Sources {
  return { columns: new Set(columns), unknown: false };
}

/** Both; returns one of its arguments where that says it all, so that most unions allocate nothing. */
export function union(a: Sources, b: Sources): Sources {
  if (a === b || isWithin(b, a)) return a;
  if (isWithin(a, b)) return b;
  return { columns: new Set([...a.columns, ...b.columns]), unknown: a.unknown || b.unknown };
}

export function unionAll(list: Iterable<Sources>): Sources {
  let all = NO_SOURCES;
  for (const sources of list) all = union(all, sources);
  return all;
}

/** Whether `inner` says nothing that `outer` does not. */
export function isWithin(inner: Sources, outer: Sources): boolean {
  if (inner.unknown && !outer.unknown) return false;
  if (inner.columns.size === 0) return true;
  if (inner.columns.size > outer.columns.size) return false;
  for (const column of inner.columns) if (!outer.columns.has(column)) return false;
  return true;
}

/** The form that leaves this library: sorted, and `unknown` over everything. */
export function reported(sources: Sources): ColumnSources {
  if (sources.unknown) return 'unknown';
  return [...sources.columns].sort();
}

/**
 * Function bodies are read once for all calls: a parameter's value is a
 * placeholder in their lineage, put in place of the argument at each call.
 * The NUL keeps it apart from every column.
 */
export function argumentPlaceholder(index: number): ColumnRef {
  return `\0${index}`;
}

/** Puts the arguments in the places of their placeholders. `all` stands for arguments that are not there by position. */
export function withArguments(sources: Sources, args: readonly Sources[], all: Sources): Sources {
  let result: Sources = { columns: NONE, unknown: sources.unknown };
  const plain = new Set<ColumnRef>();
  for (const column of sources.columns) {
    if (column.startsWith('\0')) result = union(result, args[Number(column.slice(1))] ?? all);
    else plain.add(column);
  }
  if (plain.size === sources.columns.size) return sources;
  return union(result, { columns: plain, unknown: false });
}
