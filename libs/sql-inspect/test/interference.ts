/**
 * Non-interference: the same rows in several databases that differ in the values
 * of one column each. Whatever a query answers differently there must be in the
 * lineage of that answer, or the column must be among its predicates.
 */
import type { PostgresServer } from '@sallyport/testing';
import type { Client } from 'pg';
import {
  inspectSql,
  type ColumnRef,
  type SqlEnvironment,
  type SqlOutput,
  type SqlStatement,
} from '../src/index.ts';
import { ROWS, SCHEMA } from './lineage-server.ts';

/** Columns that can be changed without changing what joins, by the marker that their values begin with. */
const CHANGED: readonly (readonly [column: ColumnRef, marker: string])[] = [
  ['public.customers.name', 'qzname'],
  ['public.customers.email', 'qzmail'],
  ['public.customers.ssn', 'qzssn'],
  ['public.customers.card', 'qzcard'],
  ['public.orders.status', 'qzstat'],
  ['payroll.salaries.iban', 'qziban'],
  ['public.scratch.a', 'qzscra'],
  ['public.events.payload', 'qzpayl'],
  ['public.people.phone', 'qzphon'],
];

export interface Worlds {
  readonly base: Client;
  readonly others: readonly { readonly column: ColumnRef; readonly client: Client }[];
  readonly stop: () => Promise<void>;
}

/** A database for each changed column beside the one that has none; all filled in the same order, none analysed. */
export async function makeWorlds(server: PostgresServer): Promise<Worlds> {
  const open: Client[] = [];
  const make = async (name: string, rows: string): Promise<Client> => {
    await server.query(`CREATE DATABASE ${name}`);
    const client = await server.connect({ database: name });
    open.push(client);
    await client.query(SCHEMA.replaceAll(/^CREATE ROLE .*$|^GRANT clerk .*$/gm, ''));
    await client.query(rows.replace('ANALYZE;', ''));
    await client.query("SET statement_timeout = '2s'");
    return client;
  };
  const base = await make('world_base', ROWS);
  const others: { column: ColumnRef; client: Client }[] = [];
  for (const [column, marker] of CHANGED) {
    // One row of three differs, so that orders and groups do too.
    const value = `(CASE WHEN i = 2 THEN '${marker.replace('q', 'y')}' ELSE '${marker}' END)`;
    const client = await make(`world_${others.length}`, ROWS.replaceAll(`'${marker}'`, value));
    others.push({ column, client });
  }
  return {
    base,
    others,
    stop: async () => {
      for (const client of open) await client.end();
    },
  };
}

export type Interference =
  | { readonly kind: 'none' | 'not-run'; readonly differing: number }
  | { readonly kind: 'UNTOLD'; readonly detail: string };

/** Runs a query in all worlds and looks for differences that its inspection does not tell of. */
export async function interference(worlds: Worlds, env: SqlEnvironment, sql: string): Promise<Interference> {
  const inspection = inspectSql(sql, env);
  const statement = inspection.ok ? inspection.statements[0] : undefined;
  const base = await answer(worlds.base, sql);
  if (statement === undefined || base === undefined || typeof statement.outputs === 'string') {
    return { kind: 'not-run', differing: 0 };
  }
  let differing = 0;
  for (const { column, client } of worlds.others) {
    const other = await answer(client, sql);
    if (JSON.stringify(other) !== JSON.stringify(base)) differing++;
    if (decides(statement, column)) continue;
    const kept = untold(statement.outputs, column);
    if (other === undefined || project(base, kept) !== project(other, kept)) {
      return { kind: 'UNTOLD', detail: `${column} shows in columns ${kept.join()}: ${sql}` };
    }
  }
  return { kind: 'none', differing };
}

function decides({ predicateColumns }: SqlStatement, column: ColumnRef): boolean {
  return predicateColumns === 'unknown' || predicateColumns.includes(column);
}

/** Outputs that say nothing of the column. */
function untold(outputs: readonly SqlOutput[], column: ColumnRef): number[] {
  return outputs.flatMap(({ sources }, index) =>
    sources === 'unknown' || sources.includes(column) ? [] : [index],
  );
}

type Rows = readonly (readonly (string | null)[])[];

function project(rows: Rows, kept: readonly number[]): string {
  return JSON.stringify(rows.map((row) => kept.map((index) => row[index] ?? null)));
}

/** Undefined where the server refuses it; that too can be a difference. */
async function answer(client: Client, sql: string): Promise<Rows | undefined> {
  await client.query('BEGIN');
  try {
    const types = { getTypeParser: () => (value: string) => value } as never;
    return (await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types })).rows;
  } catch {
    // The caller compares with what the other worlds answer.
    return undefined;
  } finally {
    await client.query('ROLLBACK');
  }
}
