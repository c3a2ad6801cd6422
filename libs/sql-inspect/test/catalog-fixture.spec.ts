import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSqlCatalog, CATALOG_FINGERPRINT_QUERY } from '../src/index.ts';
import { HARMLESS_VOLATILE_NAMES } from '../src/postgres/function/builtin-volatile.ts';
import { FIXTURE_FILE, fixtureRows, stableRows } from './fixture-catalog.ts';
import { startLineageServer, type LineageServer } from './lineage-server.ts';
import { catalogRows, loadCatalog } from './load-catalog.ts';

describe('the catalog of PostgreSQL 18', () => {
  let shop: LineageServer;
  beforeAll(async () => {
    shop = await startLineageServer(18);
  }, 60_000);
  afterAll(() => shop.stop());

  it('is what the fixture of the unit specs says (UPDATE_FIXTURES=1 writes it anew)', async () => {
    const rows = stableRows(await catalogRows(shop.client));
    if (process.env['UPDATE_FIXTURES'] === '1') {
      writeFileSync(FIXTURE_FILE, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    }
    expect(rows).toEqual(fixtureRows());
  });

  it('has every volatile function that is listed as harmless', () => {
    const missing = HARMLESS_VOLATILE_NAMES.filter(
      (name) => shop.catalog.builtinFunction(name) === undefined,
    );
    expect(missing).toEqual([]);
  });

  const CHANGES: readonly (readonly [string, string, string])[] = [
    ['a new table', 'CREATE TABLE f1 (id int)', 'DROP TABLE f1'],
    ['a renamed column', 'ALTER TABLE scratch RENAME a TO a2', 'ALTER TABLE scratch RENAME a2 TO a'],
    ['a dropped column', 'ALTER TABLE order_lines ADD x int', 'ALTER TABLE order_lines DROP x'],
    [
      'a replaced view',
      'CREATE OR REPLACE VIEW recent_orders AS SELECT id, customer_id, total FROM orders',
      '',
    ],
    [
      'a replaced function',
      "CREATE OR REPLACE FUNCTION same(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT t || t'",
      '',
    ],
    ['a rule', 'CREATE RULE r AS ON DELETE TO scratch DO ALSO DELETE FROM orders', 'DROP RULE r ON scratch'],
    ['inheritance', 'ALTER TABLE staff NO INHERIT people', 'ALTER TABLE staff INHERIT people'],
    [
      'a foreign key',
      'ALTER TABLE scratch ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES orders NOT VALID',
      'ALTER TABLE scratch DROP CONSTRAINT k',
    ],
    [
      'an operator',
      'CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)',
      'DROP OPERATOR === (int, int)',
    ],
    ['a cast', 'CREATE CAST (mood AS text) WITH INOUT', 'DROP CAST (mood AS text)'],
    ['a renamed schema', 'ALTER SCHEMA payroll RENAME TO pay', 'ALTER SCHEMA pay RENAME TO payroll'],
    [
      'a schema that is closed',
      'REVOKE USAGE ON SCHEMA reporting FROM PUBLIC',
      'GRANT USAGE ON SCHEMA reporting TO PUBLIC',
    ],
    [
      'an INSTEAD OF trigger',
      'CREATE TRIGGER t INSTEAD OF INSERT ON ruled FOR EACH ROW EXECUTE FUNCTION bump()',
      'DROP TRIGGER t ON ruled',
    ],
  ];

  it.each(CHANGES)('has another fingerprint after %s', async (_, change, undo) => {
    const print = async (): Promise<string> =>
      (await shop.client.query<{ fingerprint: string }>(CATALOG_FINGERPRINT_QUERY)).rows[0]?.fingerprint ??
      '';
    const before = await print();
    expect(await print()).toBe(before);
    await shop.client.query(change);
    const changed = await print();
    expect(changed).not.toBe(before);
    expect((await loadCatalog(shop.client)).fingerprint).toBe(changed);
    if (undo !== '') await shop.client.query(undo);
  });

  it('can be loaded by a role that may do nothing, and tells where that role may look', async () => {
    await shop.client.query('SET ROLE agent');
    try {
      const catalog = await loadCatalog(shop.client);
      expect(catalog.loadedAs).toBe('agent');
      expect(catalog.relation('payroll', 'salaries')?.columns.length).toBe(3);
      const usable = ['payroll', 'reporting', 'public'].map((schema) => catalog.isUsable(schema, 'agent'));
      expect(usable).toEqual([false, true, true]);
      expect(shop.catalog.isUsable('payroll', 'postgres')).toBe(true);
    } finally {
      await shop.client.query('RESET ROLE');
    }
  });

  it('sees the temporary tables of its own session, and no others', async () => {
    const other = await shop.server.connect();
    try {
      await other.query('CREATE TEMP TABLE orders (id int)');
      const theirs = await loadCatalog(other);
      expect(theirs.tempSchema).toMatch(/^pg_temp_\d+$/);
      expect(theirs.relation(theirs.tempSchema ?? '', 'orders')?.columns.length).toBe(1);
      const mine = await loadCatalog(shop.client);
      expect(mine.tempSchema).toBeUndefined();
      expect(mine.relation(theirs.tempSchema ?? '', 'orders')).toBeUndefined();
    } finally {
      await other.end();
    }
  });

  it('is refused when it was printed with another search_path', async () => {
    const rows = await catalogRows(shop.client);
    const tampered = rows.map(
      ([kind, json]) =>
        [kind, json.replace('"searchPath" : "pg_catalog"', '"searchPath" : "public"')] as const,
    );
    expect(() => buildSqlCatalog(tampered)).toThrow('search_path');
  });
});
