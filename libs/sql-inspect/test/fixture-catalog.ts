import { readFileSync } from 'node:fs';
import { buildSqlCatalog, type CatalogRow, type SqlCatalog, type SqlEnvironment } from '../src/index.ts';

/** The shop's catalog as PostgreSQL 18 gave it; `catalog-fixture.spec.ts` holds it against the server. */
export const FIXTURE_FILE = new URL('../fixtures/shop-catalog.jsonl', import.meta.url);

export function fixtureRows(): CatalogRow[] {
  const lines = readFileSync(FIXTURE_FILE, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as CatalogRow);
}

let catalog: SqlCatalog | undefined;

export function fixtureCatalog(): SqlCatalog {
  catalog ??= buildSqlCatalog(fixtureRows());
  return catalog;
}

/** A session of the shop's owner with the default search path. */
export function fixtureEnvironment(changes: Partial<SqlEnvironment> = {}): SqlEnvironment {
  return { catalog: fixtureCatalog(), searchPath: ['$user', 'public'], currentUser: 'postgres', ...changes };
}

/** The rows in an order and with values that do not differ from one cluster to the next. */
export function stableRows(rows: readonly CatalogRow[]): CatalogRow[] {
  const stable = rows.map(([kind, json]): CatalogRow => {
    if (kind !== 'server') return [kind, json];
    return [kind, JSON.stringify({ ...(JSON.parse(json) as object), fingerprint: 'fixture' })];
  });
  return stable.sort((a, b) => (a.join() < b.join() ? -1 : 1));
}
