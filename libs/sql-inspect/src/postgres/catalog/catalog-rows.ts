/** The rows of `POSTGRES_CATALOG_QUERY`, taken from JSON with their shapes checked. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonRecord;
export interface JsonRecord {
  readonly [key: string]: JsonValue;
}

/** Thrown where the rows are not what the query gives; nothing is inspected with half a catalog. */
export class CatalogRowError extends Error {
  override readonly name = 'CatalogRowError';
}

export function parseJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}

export function record(value: JsonValue | undefined): JsonRecord {
  if (typeof value === 'object' && value !== null && !isList(value)) return value;
  throw new CatalogRowError('an object is missing in a catalog row');
}

export function list(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (isList(value)) return value;
  throw new CatalogRowError('a list is missing in a catalog row');
}

export function text(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new CatalogRowError('a text is missing in a catalog row');
}

export function number(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value;
  throw new CatalogRowError('a number is missing in a catalog row');
}

export function optionalText(value: JsonValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : text(value);
}

export function texts(value: JsonValue | undefined): string[] {
  return list(value).map(text);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
