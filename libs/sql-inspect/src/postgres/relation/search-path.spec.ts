import { describe, expect, it } from '@jest/globals';
import type { CatalogRow } from '../catalog/build-sql-catalog.ts';
import { buildSqlCatalog } from '../catalog/build-sql-catalog.ts';
import { fixtureRows } from '../../../test/fixture-catalog.ts';
import { inspectSql } from '../inspect-sql.ts';
import type { SqlEnvironment } from '../../model/environment.ts';

interface Schemas {
  readonly temp?: string;
  /** Name, usable by the loader, usable by all. */
  readonly extra?: readonly (readonly [string, boolean, boolean])[];
  /** Schema and name of one-column tables. */
  readonly tables: readonly (readonly [string, string])[];
}

/** The shop with more schemas and tables in it. */
function environment(
  { temp, extra = [], tables }: Schemas,
  changes: Partial<SqlEnvironment> = {},
): SqlEnvironment {
  const rows = fixtureRows().map(([kind, json]): CatalogRow => {
    if (kind !== 'server') return [kind, json];
    const server = JSON.parse(json) as { schemas: unknown[] };
    const schemas = [...server.schemas, ...extra, ...(temp === undefined ? [] : [[temp, true, false]])];
    return [kind, JSON.stringify({ ...server, schemas, tempSchema: temp ?? null })];
  });
  tables.forEach(([schema, name], index) => {
    const columns = [['id', 1, 23, null]];
    rows.push([
      'relation',
      JSON.stringify({ oid: 90_000 + index, schema, name, kind: 'r', columns, partition: false }),
    ]);
  });
  const catalog = buildSqlCatalog(rows);
  return { catalog, searchPath: ['public'], currentUser: 'postgres', ...changes };
}

function read(sql: string, env: SqlEnvironment): readonly string[] {
  const inspection = inspectSql(sql, env);
  if (!inspection.ok) throw new Error(inspection.message);
  const [statement] = inspection.statements;
  if (statement === undefined) throw new Error('no statement');
  if (statement.unresolved.length > 0) return ['unresolved'];
  return statement.effects.flatMap(({ objects }) => objects.map(({ name }) => name));
}

describe('names', () => {
  const SELECT = 'SELECT id FROM orders';

  it('of temporary tables come first, unless the path says where', () => {
    const schemas: Schemas = { temp: 'pg_temp_3', tables: [['pg_temp_3', 'orders']] };
    expect(read(SELECT, environment(schemas))).toEqual(['pg_temp.orders']);
    expect(read(SELECT, environment(schemas, { searchPath: ['public', 'pg_temp'] }))).toEqual([
      'public.orders',
    ]);
    expect(read('SELECT id FROM public.orders', environment(schemas))).toEqual(['public.orders']);
    expect(read('SELECT id FROM pg_temp.orders', environment(schemas))).toEqual(['pg_temp.orders']);
    expect(read('SELECT pg_temp.orders.id FROM pg_temp.orders', environment(schemas))).toEqual([
      'pg_temp.orders',
    ]);
  });

  it('of temporary tables do not come in where the session has none', () => {
    expect(read(SELECT, environment({ tables: [['pg_temp_4', 'orders']] }))).toEqual(['public.orders']);
  });

  it('of the system come before those of the path, unless the path names pg_catalog later', () => {
    const schemas: Schemas = { tables: [['public', 'pg_class']] };
    expect(read('SELECT oid FROM pg_class', environment(schemas))).toEqual(['pg_catalog.pg_class']);
    expect(
      read('SELECT id FROM pg_class', environment(schemas, { searchPath: ['public', 'pg_catalog'] })),
    ).toEqual(['public.pg_class']);
  });

  it('come from $user first, which is the current role', () => {
    const schemas: Schemas = { extra: [['agent', true, true]], tables: [['agent', 'orders']] };
    const searchPath = ['$user', 'public'];
    expect(read(SELECT, environment(schemas, { searchPath, currentUser: 'agent' }))).toEqual([
      'agent.orders',
    ]);
    expect(read(SELECT, environment(schemas, { searchPath, currentUser: 'clerk' }))).toEqual([
      'public.orders',
    ]);
  });

  it('in a schema that the role may be kept out of are not taken for sure', () => {
    const closed: Schemas = { extra: [['closed', false, false]], tables: [['closed', 'orders']] };
    const searchPath = ['closed', 'public'];
    // The server would skip to public.orders without a word.
    expect(read(SELECT, environment(closed, { searchPath }))).toEqual(['unresolved']);
    const loaders: Schemas = { extra: [['closed', true, false]], tables: [['closed', 'orders']] };
    expect(read(SELECT, environment(loaders, { searchPath }))).toEqual(['closed.orders']);
    expect(read(SELECT, environment(loaders, { searchPath, currentUser: 'agent' }))).toEqual(['unresolved']);
    const alone: Schemas = { extra: [['closed', false, false]], tables: [['closed', 'only_here']] };
    expect(read('SELECT id FROM only_here', environment(alone, { searchPath }))).toEqual([
      'closed.only_here',
    ]);
  });

  it('in schemas that do not exist are skipped', () => {
    expect(read(SELECT, environment({ tables: [] }, { searchPath: ['nowhere', 'public'] }))).toEqual([
      'public.orders',
    ]);
  });

  it('that may be stale are not trusted', () => {
    expect(read(SELECT, environment({ tables: [] }, { staleNames: new Set(['orders']) }))).toEqual([
      'unresolved',
    ]);
    expect(read(SELECT, environment({ tables: [] }, { staleNames: 'all' }))).toEqual(['unresolved']);
    expect(read(SELECT, environment({ tables: [] }, { staleNames: new Set(['other']) }))).toEqual([
      'public.orders',
    ]);
    expect(
      read("SELECT lower('x')", environment({ tables: [] }, { staleNames: new Set(['lower']) })),
    ).toEqual(['unresolved']);
  });

  it('with dots in them do not pass for others', () => {
    const env = environment({ tables: [['public', 'x.customers']] });
    expect(read('SELECT id FROM "x.customers"', env)).toEqual(['public."x.customers"']);
  });

  it('in the path of a user function shadow a built-in one: both count', () => {
    const env = environment({ tables: [] }, { searchPath: ['reporting', 'public'] });
    expect(read("SELECT lower('x')", env)).toEqual(['payroll.salaries']);
    expect(read("SELECT pg_catalog.lower('x')", env)).toEqual([]);
  });
});
