/** The shop on a real server, every column filled with values that say which column they are from. */
import { readFileSync } from 'node:fs';
import { startPostgres, type PostgresServer, type PostgresVersion } from '@sallyport/testing';
import type { Client } from 'pg';
import type { ColumnRef, SqlCatalog, SqlEnvironment } from '../src/index.ts';
import { loadCatalog } from './load-catalog.ts';

export const SCHEMA = readFileSync(new URL('./shop-schema.sql', import.meta.url), 'utf8');

/** Columns by marker. Keys share their values with what they refer to. */
const MARKERS: readonly (readonly [marker: string, columns: readonly ColumnRef[]])[] = [
  ['11000', ['public.customers.id', 'public.orders.customer_id']],
  ['qzname', ['public.customers.name']],
  ['qzmail', ['public.customers.email']],
  ['qzhost', ['public.customers.email', 'public.customers.email_domain']],
  ['qzssn', ['public.customers.ssn']],
  ['qzcard', ['public.customers.card']],
  ['qznote', ['public.customers.note']],
  ['qztags', ['public.customers.tags']],
  ['qzprof', ['public.customers.profile']],
  ['12000', ['public.orders.id', 'public.order_lines.order_id']],
  ['13000', ['public.orders.total', 'reporting.totals.total']],
  ['qzstat', ['public.orders.status']],
  ['qzprod', ['public.order_lines.product']],
  ['14000', ['public.order_lines.quantity']],
  ['qzempl', ['payroll.salaries.employee']],
  ['15000', ['payroll.salaries.salary']],
  ['qziban', ['payroll.salaries.iban']],
  ['16000', ['public.scratch.id']],
  ['qzscra', ['public.scratch.a']],
  ['qzscrb', ['public.scratch.b']],
  ['17000', ['public.events.id', 'public.events_2026.id', 'public.events_rest.id']],
  ['qzpayl', ['public.events.payload', 'public.events_2026.payload', 'public.events_rest.payload']],
  ['18000', ['public.people.id', 'public.staff.id']],
  ['qzphon', ['public.people.phone', 'public.staff.phone']],
  ['qzbadg', ['public.staff.badge']],
];

export const ROWS = `
INSERT INTO customers (id, name, email, ssn, card, note, tags, profile, created_at)
  SELECT 1100000 + i, 'qzname' || i, 'qzmail' || i || '@qzhost' || i, 'qzssn' || i, 'qzcard' || i, 'qznote' || i,
    ARRAY['qztags' || i], jsonb_build_object('k', 'qzprof' || i), '2026-01-01' FROM generate_series(1, 3) i;
INSERT INTO orders (id, customer_id, total, status, placed_at)
  SELECT 1200000 + i, 1100000 + i, 1300000 + i, 'qzstat' || i, '2026-01-02' FROM generate_series(1, 3) i;
INSERT INTO order_lines SELECT 1200000 + i, 'qzprod' || i, 1400000 + i FROM generate_series(1, 3) i;
INSERT INTO payroll.salaries SELECT 'qzempl' || i, 1500000 + i, 'qziban' || i FROM generate_series(1, 3) i;
INSERT INTO scratch SELECT 1600000 + i, 'qzscra' || i, 'qzscrb' || i FROM generate_series(1, 3) i;
INSERT INTO events SELECT 1700000 + i, date '2026-01-01' + i * 200, 'qzpayl' || i FROM generate_series(1, 3) i;
INSERT INTO people SELECT 1800000 + i, 'qzphon' || i FROM generate_series(1, 2) i;
INSERT INTO staff VALUES (1800009, 'qzphon9', 'qzbadg9');
REFRESH MATERIALIZED VIEW reporting.totals;
ANALYZE;
`;

export interface LineageServer {
  readonly server: PostgresServer;
  readonly client: Client;
  readonly catalog: SqlCatalog;
  readonly env: SqlEnvironment;
  /** Every value stored in a column, as text. */
  readonly stored: ReadonlyMap<ColumnRef, ReadonlySet<string>>;
  readonly stop: () => Promise<void>;
}

export async function startLineageServer(version: PostgresVersion): Promise<LineageServer> {
  const server = await startPostgres({ version });
  const client = await server.connect();
  await client.query(SCHEMA);
  await client.query(ROWS);
  const catalog = await loadCatalog(client);
  const env: SqlEnvironment = { catalog, searchPath: ['$user', 'public'], currentUser: 'postgres' };
  const stored = await storedValues(client, catalog);
  const stop = async (): Promise<void> => {
    await client.end();
    await server.stop();
  };
  return { server, client, catalog, env, stored, stop };
}

/** The columns that a value shows something of: one group for each marker found. */
export function taintOf(value: string | null): readonly (readonly ColumnRef[])[] {
  if (value === null) return [];
  const text = value.toLowerCase();
  return MARKERS.filter(([marker]) => text.includes(marker)).map(([, columns]) => columns);
}

async function storedValues(client: Client, catalog: SqlCatalog): Promise<Map<ColumnRef, Set<string>>> {
  const stored = new Map<ColumnRef, Set<string>>();
  for (const schema of ['public', 'payroll', 'reporting']) {
    for (const relation of catalog.relationsOf(schema)) {
      if (relation.kind === 'composite-type') continue;
      for (const { name } of relation.columns) {
        const column = `${schema}.${relation.name}.${name}`;
        const result = await client.query<{ v: string | null }>(
          `SELECT "${name}"::text AS v FROM ${schema}.${relation.name}`,
        );
        stored.set(column, new Set(result.rows.map(({ v }) => v ?? '')));
      }
    }
  }
  return stored;
}
