import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { freePort } from '../free-port.ts';
import {
  runToEnd,
  startServerProcess,
  type ServerProcess,
  type UnixUser,
} from '../process/server-process.ts';
import { unprivilegedUser } from '../process/unprivileged-user.ts';
import { postgresBinaries, type PostgresVersion } from './postgres-binaries.ts';

export interface PostgresOptions {
  readonly version?: PostgresVersion;
  /** Keeps the cluster here, for the next start too; default: a new one that disposing removes. */
  readonly directory?: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly tls?: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** Lines of pg_hba.conf for TCP; default: SCRAM for everybody from loopback. The unix socket takes SCRAM always. */
  readonly hba?: readonly string[];
  /** Lines of postgresql.conf, as name and value. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly onOutput?: (text: string) => void;
}

/** A real PostgreSQL server of one's own, with a superuser `postgres` that has a random password. */
export interface PostgresServer extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'postgres';
  readonly password: string;
  /** Holds the unix socket; usable as a host. */
  readonly socketDirectory: string;
  readonly directory: string;
  readonly pid: number;
  /** Settles when the server has ended. */
  readonly exited: Promise<number | string>;
  /** A connected client; the caller ends it. */
  connect(config?: ClientConfig): Promise<Client>;
  /** Runs SQL text as the superuser over the unix socket; the rows of its last statement. */
  query(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  connectionString(database?: string): string;
  /** Ends the server without a word, as a crash does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD_FILE = 'superuser-password';
/** An address has 107 bytes, and the file's name is up to 18 of them. */
const MAX_SOCKET_DIRECTORY = 85;
const LOCAL_HBA = 'local all all scram-sha-256';
const DEFAULT_HBA = ['host all all 127.0.0.1/32 scram-sha-256'];

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const binaries = postgresBinaries(options.version ?? 18);
  const temporary = options.directory === undefined;
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const socketDirectory = makeSocketDirectory(directory);
  const runAs = unprivilegedUser([binaries, dirname(directory)]);
  for (const path of [directory, socketDirectory]) giveTo(runAs, path);
  const remove = () => {
    for (const path of temporary ? [directory, socketDirectory] : [socketDirectory])
      rmSync(path, { recursive: true, force: true });
  };
  try {
    const cluster = join(directory, 'cluster');
    const password = await initialise(binaries, directory, cluster, runAs);
    const port = options.port ?? (await freePort());
    writeSettings(cluster, socketDirectory, port, options, runAs);
    const server = await startServerProcess({
      command: join(binaries, 'postgres'),
      args: ['-D', cluster],
      cwd: directory,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      ...(runAs === undefined ? {} : { runAs }),
      ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
    });
    const handle = handleOf(server, { directory, socketDirectory, port, password }, remove);
    await server
      .ready('PostgreSQL answers', async () => (await handle.query('select 1')).length === 1)
      .catch(async (error: unknown) => {
        await handle.stop();
        throw error;
      });
    return handle;
  } catch (error) {
    remove();
    throw error;
  }
}

/** In the server's own directory, unless the path would be too long for a socket's address. */
function makeSocketDirectory(directory: string): string {
  const inside = join(directory, 'socket');
  if (inside.length > MAX_SOCKET_DIRECTORY) return mkdtempSync(join(tmpdir(), 'sallyport-pg-'));
  mkdirSync(inside, { recursive: true, mode: 0o700 });
  return inside;
}

async function initialise(
  binaries: string,
  directory: string,
  cluster: string,
  runAs: UnixUser | undefined,
): Promise<string> {
  const passwordFile = join(directory, PASSWORD_FILE);
  if (existsSync(join(cluster, 'PG_VERSION')) && existsSync(passwordFile))
    return readFileSync(passwordFile, 'utf8').trim();
  rmSync(cluster, { recursive: true, force: true });
  const password = randomBytes(18).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(runAs, passwordFile);
  await runToEnd({
    command: join(binaries, 'initdb'),
    args: [
      '-D',
      cluster,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    cwd: directory,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    ...(runAs === undefined ? {} : { runAs }),
  });
  return password;
}

function writeSettings(
  cluster: string,
  socketDirectory: string,
  port: number,
  options: PostgresOptions,
  runAs: UnixUser | undefined,
): void {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: socketDirectory,
    fsync: 'off',
    timezone: 'UTC',
    ...(options.tls === undefined
      ? {}
      : { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' }),
    ...options.settings,
  };
  const files: Record<string, string> = {
    'postgresql.auto.conf': '',
    'sallyport.conf': Object.entries(settings)
      .map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`)
      .join(''),
    'pg_hba.conf': `${[LOCAL_HBA, ...(options.hba ?? DEFAULT_HBA)].join('\n')}\n`,
    ...(options.tls === undefined
      ? {}
      : { 'server.crt': options.tls.certificatePem, 'server.key': options.tls.privateKeyPem }),
  };
  const main = readFileSync(join(cluster, 'postgresql.conf'), 'utf8');
  const include = "include 'sallyport.conf'\n";
  files['postgresql.conf'] = main.endsWith(include) ? main : `${main}\n${include}`;
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(cluster, name), text, { mode: 0o600 });
    giveTo(runAs, join(cluster, name));
  }
}

function giveTo(user: UnixUser | undefined, path: string): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

function handleOf(
  server: ServerProcess,
  where: { directory: string; socketDirectory: string; port: number; password: string },
  remove: () => void,
): PostgresServer {
  const { port, password } = where;
  const connect = async (config: ClientConfig = {}) => {
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password,
      database: 'postgres',
      ...config,
    });
    await client.connect();
    return client;
  };
  const query = async (sql: string, database = 'postgres') => {
    const client = await connect({ host: where.socketDirectory, database });
    try {
      const result: unknown = await client.query(sql);
      const last: unknown = Array.isArray(result) ? result.at(-1) : result;
      return (last as { rows: Record<string, unknown>[] }).rows;
    } finally {
      await client.end();
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    await server.stop(signal);
    remove();
  };
  const stop = () => end('SIGINT'); // A fast shutdown.
  return {
    ...where,
    host: '127.0.0.1',
    user: 'postgres',
    pid: server.pid,
    exited: server.exited,
    connect,
    query,
    connectionString: (database = 'postgres') =>
      `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`,
    kill: () => end('SIGKILL'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
