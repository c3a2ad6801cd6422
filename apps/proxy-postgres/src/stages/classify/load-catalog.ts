import { AccessError } from '@sallyport/errors';
import {
  buildSqlCatalog,
  CATALOG_FINGERPRINT_QUERY,
  POSTGRES_CATALOG_QUERY,
  type CatalogRow,
  type SqlCatalog,
} from '@sallyport/sql-inspect';
import type { CatalogReader } from './catalog-store.ts';

/** What catalogs were built from, for the thread that builds them once more (large/). */
const rows = new WeakMap<SqlCatalog, readonly CatalogRow[]>();

/** The rows of a catalog that `catalogReader` loaded. */
export function catalogRowsOf(catalog: SqlCatalog): readonly CatalogRow[] | undefined {
  return rows.get(catalog);
}

/** Reads catalogs with the queries that the inspection brings; they want `search_path = pg_catalog`. */
export const catalogReader: CatalogReader = {
  async load(query) {
    const answer = await query(POSTGRES_CATALOG_QUERY);
    const read = answer.map(([kind, json]): CatalogRow => [kind ?? '', json ?? '']);
    const catalog = buildSqlCatalog(read);
    rows.set(catalog, read);
    return catalog;
  },
  async fingerprint(query) {
    const [row] = await query(CATALOG_FINGERPRINT_QUERY);
    const fingerprint = row?.[0];
    if (!fingerprint)
      throw new AccessError('target_unreachable', 'The target gave no fingerprint of its catalog.');
    return fingerprint;
  },
};
