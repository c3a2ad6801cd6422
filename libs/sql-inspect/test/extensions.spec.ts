import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type PostgresServer } from '@sallyport/testing';
import type { Client } from 'pg';
import { inspectSql, type SqlEnvironment } from '../src/index.ts';
import { loadCatalog } from './load-catalog.ts';

const EXTENSIONS = [
  'citext',
  'dblink',
  'hstore',
  'ltree',
  'pageinspect',
  'pg_trgm',
  'pgcrypto',
  'postgres_fdw',
  'tablefunc',
  '"uuid-ossp"',
];
const SCHEMA = `
CREATE TABLE t (id int, email citext, h hstore, path ltree);
CREATE SERVER fs FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
CREATE FOREIGN TABLE ft (id int, email text) SERVER fs;
CREATE TABLE parent (id int, email text) PARTITION BY LIST (id);
CREATE FOREIGN TABLE far PARTITION OF parent DEFAULT SERVER fs;
`;

describe('extensions', () => {
  let server: PostgresServer;
  let client: Client;
  let env: SqlEnvironment;
  beforeAll(async () => {
    server = await startPostgres({ version: 18 });
    client = await server.connect();
    for (const name of EXTENSIONS) await client.query(`CREATE EXTENSION ${name}`);
    await client.query(SCHEMA);
    env = { catalog: await loadCatalog(client), searchPath: ['public'], currentUser: 'postgres' };
  }, 60_000);
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  function look(sql: string): { effects: string[]; opaque: boolean; sources: unknown[] } {
    const inspection = inspectSql(sql, env);
    const statement = inspection.ok ? inspection.statements[0] : undefined;
    if (statement === undefined) throw new Error('not understood');
    expect(statement.unresolved).toEqual([]);
    const effects = statement.effects.map(
      ({ action, objects }) => `${action} ${objects.map(({ name }) => name).join()}`,
    );
    const outputs = typeof statement.outputs === 'string' ? [] : statement.outputs;
    return {
      effects: effects.sort(),
      opaque: statement.opaque,
      sources: outputs.map(({ sources }) => sources),
    };
  }

  it.each([
    ["SELECT 1 = 1, 'a' || 'b'", [[], []]],
    [
      "SELECT email = 'a', lower(email), email || 'x', max(email) FROM t GROUP BY email",
      Array(4).fill(['public.t.email']),
    ],
    [
      "SELECT similarity(email, 'x'), email % 'x', show_trgm(email) FROM t",
      Array(3).fill(['public.t.email']),
    ],
    ["SELECT email::text, 'x'::citext FROM t", [['public.t.email'], []]],
    ["SELECT h -> 'a', akeys(h), path <@ 'a' FROM t", [['public.t.h'], ['public.t.h'], ['public.t.path']]],
    ["SELECT crypt(email, gen_salt('bf')), digest(email, 'md5') FROM t", Array(2).fill(['public.t.email'])],
    ['SELECT uuid_generate_v4(), gen_random_uuid()', [[], []]],
  ])('that only compute change nothing: %s', (sql, sources) => {
    const found = look(sql);
    expect(found.opaque).toBe(false);
    expect(found.effects.filter((effect) => !effect.startsWith('sql.read'))).toEqual([]);
    expect(found.sources).toEqual(sources);
  });

  it.each([
    ["SELECT * FROM dblink('host=x', 'SELECT 1') AS r(a int)", 'sql.io public.dblink'],
    ["SELECT dblink_exec('host=x', 'DROP TABLE t')", 'sql.io public.dblink_exec'],
    ["SELECT * FROM crosstab('SELECT 1') AS r(a int)", 'sql.call public.crosstab'],
    ["SELECT * FROM connectby('t', 'a', 'b', '1', 0) AS r(a text)", 'sql.call public.connectby'],
    ["SELECT get_raw_page('t', 0)", 'sql.call public.get_raw_page'],
  ])('that reach further say so, and what they return is unknown: %s', (sql, effect) => {
    const found = look(sql);
    expect(found.effects).toContain(effect);
    expect(found.opaque).toBe(true);
    expect(found.sources).toEqual(['unknown']);
  });

  it.each([
    'SELECT * FROM ft',
    'INSERT INTO ft VALUES (1)',
    'SELECT id FROM parent',
    'INSERT INTO parent VALUES (1)',
    'DELETE FROM parent',
    'COPY ft TO STDOUT',
  ])('that bring another server count as reaching it: %s', (sql) => {
    expect(look(sql).effects).toContain('sql.io fs');
  });
});
