import { startPostgres, type PostgresServer } from '@sallyport/testing';
import { runPgbench } from './pgbench.ts';

export const DATABASE = 'bench';

/** Rows of the table that bulk reads take, by whether the run is quick; about a kilobyte each. */
const BULK_ROWS = { quick: 60_000, full: 300_000 } as const;

/** A server of the bench's own with pgbench's tables, a wide one, and one with personal data. */
export async function startDatabase(quick: boolean): Promise<PostgresServer> {
  const server = await startPostgres({
    settings: {
      max_connections: 200,
      shared_buffers: '512MB',
      synchronous_commit: 'off',
      autovacuum: 'off',
      max_wal_size: '4GB',
    },
  });
  try {
    await server.query(`CREATE DATABASE ${DATABASE}`);
    const at = { host: server.host, port: server.port, user: server.user, database: DATABASE };
    await runPgbench({ ...at, password: server.password }, ['-i', '-q', '-s', '5']);
    const rows = quick ? BULK_ROWS.quick : BULK_ROWS.full;
    await server.query(
      `CREATE TABLE wide AS SELECT n AS id, repeat(md5(n::text), 32) AS filler FROM generate_series(1, ${rows}) n;
       CREATE TABLE people AS SELECT n AS id, 'person ' || n AS name, 'person' || n || '@shop.example' AS email,
         lpad((n * 7919::bigint % 10000000000000000)::text, 16, '4') AS card, repeat(md5(n::text), 2) AS note
         FROM generate_series(1, ${rows}) n`,
      DATABASE,
    );
    await server.query('VACUUM ANALYZE', DATABASE);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
