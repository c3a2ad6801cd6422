import type { Client } from 'pg';
import {
  buildSqlCatalog,
  CATALOG_SEARCH_PATH,
  POSTGRES_CATALOG_QUERY,
  type CatalogRow,
} from '../src/index.ts';
import type { SqlCatalog } from '../src/index.ts';

/** The rows of the catalog query, as a proxy would fetch them. */
export async function catalogRows(client: Client): Promise<CatalogRow[]> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL search_path = ${CATALOG_SEARCH_PATH}`);
  const result = await client.query<[string, string]>({ text: POSTGRES_CATALOG_QUERY, rowMode: 'array' });
  await client.query('COMMIT');
  return result.rows;
}

export async function loadCatalog(client: Client): Promise<SqlCatalog> {
  return buildSqlCatalog(await catalogRows(client));
}
