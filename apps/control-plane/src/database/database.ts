import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';
import { lockDirectory } from './directory-lock.ts';
import { deployMigrations } from './migrations.ts';
import { pgliteAdapterFactory } from './pglite-adapter.ts';

export type { PrismaClient } from './generated/client.ts';
export { Prisma } from './generated/client.ts';

/** A query runs on the client or inside one of its transactions. */
export type Queries = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>;

export interface Database extends AsyncDisposable {
  readonly kind: 'postgres' | 'embedded';
  readonly prisma: PrismaClient;
  /** Migrations that this start applied. */
  readonly applied: readonly string[];
  /** Rejects when the database cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type DatabaseLocation =
  | { readonly url: string; readonly maxConnections: number }
  /** A directory for the embedded database; "memory://" keeps nothing. */
  | { readonly directory: string };

/** `pg_advisory_lock` key of a replica that migrates; any number that nothing else here uses. */
const MIGRATION_LOCK = 7_255_970;
/** A connection that no longer answers must not hold up rounds for ever. */
const QUERY_TIMEOUT_MS = 10_000;
const CLIENT_OPTIONS = {
  transactionOptions: { maxWait: 5_000, timeout: 10_000 },
  // Errors are logged; what was being written does not belong there.
  errorFormat: 'minimal',
} as const;

/** Opens the database and brings its schema to the newest migration. */
export function openDatabase(location: DatabaseLocation): Promise<Database> {
  return 'url' in location
    ? openPostgres(location.url, location.maxConnections)
    : openEmbedded(location.directory);
}

async function openPostgres(url: string, maxConnections: number): Promise<Database> {
  const applied = await migratePostgres(url);
  const pool = openPool(url, { max: maxConnections, query_timeout: QUERY_TIMEOUT_MS });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), ...CLIENT_OPTIONS });
  return handle('postgres', prisma, applied, () => pool.end());
}

/**
 * One replica at a time. On connections of its own, closed afterwards: the schema engine
 * takes a lock for its session and leaves it to the end of the connection.
 */
async function migratePostgres(url: string): Promise<readonly string[]> {
  const pool = openPool(url, { max: 3 });
  try {
    const client = await pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      return await deployMigrations(new PrismaPg(pool));
    } finally {
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}

function openPool(url: string, options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    ...options,
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    options: '-c timezone=UTC',
  });
  // An idle connection that breaks must not end the process; the next query reports it.
  pool.on('error', () => undefined);
  return pool;
}

async function openEmbedded(directory: string): Promise<Database> {
  const inMemory = directory.startsWith('memory://');
  if (!inMemory) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = inMemory ? undefined : lockDirectory(directory);
  try {
    const client = await PGlite.create({ dataDir: inMemory ? directory : `${directory}/pgdata` });
    await client.exec("SET TIME ZONE 'UTC'");
    const applied = await deployMigrations(pgliteAdapterFactory(client));
    const prisma = new PrismaClient({
      adapter: pgliteAdapterFactory(client),
      ...CLIENT_OPTIONS,
    });
    return handle('embedded', prisma, applied, async () => {
      await client.close();
      lock?.[Symbol.dispose]();
    });
  } catch (error) {
    lock?.[Symbol.dispose]();
    throw error;
  }
}

function handle(
  kind: Database['kind'],
  prisma: PrismaClient,
  applied: readonly string[],
  release: () => Promise<void>,
): Database {
  const close = async () => {
    await prisma.$disconnect();
    await release();
  };
  return {
    kind,
    prisma,
    applied,
    ping: async () => {
      await prisma.$queryRaw`SELECT 1 AS one`;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
