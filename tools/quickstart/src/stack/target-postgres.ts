import { startPostgres, type PostgresServer } from '@sallyport/testing';
import { readFileSync } from 'node:fs';
import { inCheckout } from '../checkout.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { readCertificate } from './certificates.ts';
import { logTo } from './log-file.ts';
import type { Ports } from './ports.ts';
import { sampleRows } from './sample-rows.ts';
import type { Running } from './supervisor.ts';

/** A database of the sample server, with the role that Sallyport logs in as. */
interface SampleDatabase {
  readonly name: string;
  readonly role: string;
  readonly schemaFile: string;
  readonly rows: () => string;
}

export const SAMPLE_DATABASES: readonly SampleDatabase[] = [
  { name: 'shop', role: 'shop_app', schemaFile: 'shop.sql', rows: sampleRows },
  { name: 'ledger', role: 'ledger_app', schemaFile: 'ledger.sql', rows: () => '' },
];

/** PostgreSQL 18 with the sample shop; made at the first start, kept afterwards. */
export async function startTargetPostgres(state: StateFolder, ports: Ports): Promise<Running> {
  const server = await startPostgres({
    directory: state.directory('postgres'),
    port: ports.targetPostgres,
    tls: readCertificate(state, 'target-postgres'),
    onOutput: logTo(state, 'postgres'),
  });
  for (const database of SAMPLE_DATABASES)
    await ensureDatabase(server, database, state.secret(secretOf(database.role)));
  return { pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

/** The name of the secret that is the role's password. */
export function secretOf(role: string): string {
  return `postgres-${role}`;
}

async function ensureDatabase(
  server: PostgresServer,
  database: SampleDatabase,
  password: string,
): Promise<void> {
  const { name, role } = database;
  if ((await server.query(`select 1 from pg_database where datname = '${name}'`)).length > 0) return;
  await server.query(`drop role if exists ${role}`);
  await server.query(`create role ${role} login password '${password}'`);
  // Made under another name, so that one that is only half filled is never taken for whole.
  await server.query(`drop database if exists ${name}_new`);
  await server.query(`create database ${name}_new owner ${role}`);
  const schema = readFileSync(inCheckout('tools/quickstart/manifests', database.schemaFile), 'utf8');
  await server.query(`set role ${role}; ${schema}; ${database.rows()}`, `${name}_new`);
  await server.query(`alter database ${name}_new rename to ${name}`);
}
