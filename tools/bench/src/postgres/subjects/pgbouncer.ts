import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, startServerProcess, type PostgresServer } from '@sallyport/testing';
import type { AbsentSubject, Subject } from '../../subject.ts';
import { DATABASE } from '../database.ts';

/** pgbouncer in session mode: what people run today, in C. */
export async function startPgbouncer(server: PostgresServer): Promise<Subject | AbsentSubject> {
  const program = findPgbouncer();
  if (program === undefined) {
    return { name: 'pgbouncer', absent: 'pgbouncer is not here; install the Debian package pgbouncer' };
  }
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-pgbouncer-'));
  const config = join(directory, 'pgbouncer.ini');
  writeFileSync(config, configOf(server, port));
  // It gives up being root before it reads the file.
  chmodSync(directory, 0o755);
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = await startServerProcess({ command: program, args: [...asUser, config] });
  await child.ready('pgbouncer listens', () => answers(port));
  return {
    name: 'pgbouncer',
    host: '127.0.0.1',
    port,
    user: server.user,
    database: DATABASE,
    password: () => server.password,
    pids: [child.pid],
    backgroundPids: [],
    [Symbol.asyncDispose]: async () => {
      await child.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configOf(server: PostgresServer, port: number): string {
  const upstream = `host=${server.host} port=${server.port} dbname=${DATABASE} user=${server.user}`;
  return `[databases]
${DATABASE} = ${upstream} password=${server.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = session
default_pool_size = 100
max_client_conn = 200
server_tls_sslmode = disable
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`;
}

function findPgbouncer(): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.map((directory) => join(directory, 'pgbouncer')).find((path) => existsSync(path));
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
