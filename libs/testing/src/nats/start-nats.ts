import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { startServerProcess, type ServerProcess } from '../process/server-process.ts';
import { findNatsServer, type Say } from './find-nats-server.ts';

export interface NatsOptions {
  /** Keeps streams here, for the next start too; default: a new one that disposing removes. */
  readonly directory?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Clients must name this token; default: a random one. `null`: anybody may connect. */
  readonly token?: string | null;
  /** Largest message in bytes. */
  readonly maxPayload?: number;
  readonly say?: Say;
  readonly onOutput?: (text: string) => void;
}

/** A real nats-server of one's own with JetStream on file storage. */
export interface NatsServer extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** "nats://127.0.0.1:PORT", without the token. */
  readonly url: string;
  readonly token: string | null;
  readonly pid: number;
  readonly running: boolean;
  /** Settles when the server that runs now has ended. */
  readonly exited: Promise<number | string>;
  /** Ends the server without a word, as a crash does; its streams stay. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port with the same streams. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const DEFAULT_MAX_PAYLOAD = 8 * 1024 * 1024;

export async function startNats(options: NatsOptions = {}): Promise<NatsServer> {
  const command = await findNatsServer(options.say);
  const temporary = options.directory === undefined;
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'sallyport-nats-'));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const port = options.port ?? (await freePort());
  const token = options.token === undefined ? randomBytes(18).toString('base64url') : options.token;
  const config = join(directory, 'nats.conf');
  writeFileSync(config, configText(port, directory, token, options.maxPayload ?? DEFAULT_MAX_PAYLOAD), {
    mode: 0o600,
  });
  let server = await start(command, config, port, options);
  const stop = async () => {
    await server.stop('SIGTERM');
    if (temporary) rmSync(directory, { recursive: true, force: true });
  };
  return {
    host: '127.0.0.1',
    port,
    url: `nats://127.0.0.1:${port}`,
    token,
    get pid() {
      return server.pid;
    },
    get running() {
      return server.running;
    },
    get exited() {
      return server.exited;
    },
    kill: () => server.stop('SIGKILL'),
    async restart() {
      await server.stop('SIGKILL');
      server = await start(command, config, port, options);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function start(
  command: string,
  config: string,
  port: number,
  options: NatsOptions,
): Promise<ServerProcess> {
  const server = await startServerProcess({
    command,
    args: ['-c', config],
    ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
  });
  try {
    await server.ready(
      'nats-server listens',
      async () => server.output().includes('Server is ready') && (await listens(port)),
    );
  } catch (error) {
    await server.stop('SIGKILL');
    throw error;
  }
  return server;
}

function configText(port: number, directory: string, token: string | null, maxPayload: number): string {
  return [
    `listen: "127.0.0.1:${port}"`,
    'server_name: sallyport',
    `max_payload: ${maxPayload}`,
    `jetstream { store_dir: ${JSON.stringify(join(directory, 'jetstream'))} }`,
    ...(token === null ? [] : [`authorization { token: ${JSON.stringify(token)} }`]),
    '',
  ].join('\n');
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
