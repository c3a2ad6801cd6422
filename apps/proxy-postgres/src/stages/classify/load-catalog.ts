import { AccessError } from '@sallyport/errors';
import { buildSqlCatalog, CATALOG_FINGERPRINT_QUERY, POSTGRES_CATALOG_QUERY } from '@sallyport/sql-inspect';
import type { CatalogReader } from './catalog-store.ts';

/** Reads catalogs with the queries that the inspection brings; they want `search_path = pg_catalog`. */
export const catalogReader: CatalogReader = {
  async load(query) {
    const rows = await query(POSTGRES_CATALOG_QUERY);
    return buildSqlCatalog(rows.map(([kind, json]): readonly [string, string] => [kind ?? '', json ?? '']));
  },
  async fingerprint(query) {
    const [row] = await query(CATALOG_FINGERPRINT_QUERY);
    const fingerprint = row?.[0];
    if (!fingerprint)
      throw new AccessError('target_unreachable', 'The target gave no fingerprint of its catalog.');
    return fingerprint;
  },
};
