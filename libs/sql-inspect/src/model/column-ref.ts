/**
 * A base column by name: `schema.table.column`. A part that holds a dot or a
 * double quote is written as a quoted identifier, so that two different columns
 * never share a name and a table called `x.customers` does not pass for `customers`.
 */
export type ColumnRef = string;

/** Where a value comes from: base columns (none for a constant), or not known. Unknown means masked. */
export type ColumnSources = readonly ColumnRef[] | 'unknown';

const NEEDS_QUOTES = /[."]/;

/** One part of a dotted name, quoted only where the dot notation would be ambiguous. */
export function namePart(part: string): string {
  return NEEDS_QUOTES.test(part) ? `"${part.replaceAll('"', '""')}"` : part;
}

/** A dotted name of resolved parts. */
export function dottedName(...parts: readonly string[]): string {
  return parts.map(namePart).join('.');
}

/** The last part of a dotted name, without its quotes. */
export function lastPartOf(name: string): string {
  const quoted = /"((?:[^"]|"")*)"$/.exec(name);
  if (quoted !== null) return (quoted[1] ?? '').replaceAll('""', '"');
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The reference to a column of a table. */
export function columnRef(schema: string, table: string, column: string): ColumnRef {
  return dottedName(schema, table, column);
}
