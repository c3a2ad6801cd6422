import { fileURLToPath } from 'node:url';
import { freePort, startServerProcess, type PostgresServer } from '@sallyport/testing';
import type { Subject } from '../../subject.ts';
import { DATABASE } from '../database.ts';

const PROGRAM = fileURLToPath(new URL('pipe-process.ts', import.meta.url));

/** The least that a proxy in Node can do: what Sallyport adds to it is Sallyport's own. */
export async function startPipe(server: PostgresServer): Promise<Subject> {
  const port = await freePort();
  const child = await startServerProcess({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', PROGRAM, `${port}`, server.host, `${server.port}`],
  });
  await child.ready('the pipe listens', () => child.output().includes('listening'));
  return {
    name: 'pipe',
    host: '127.0.0.1',
    port,
    user: server.user,
    database: DATABASE,
    password: () => server.password,
    pids: [child.pid],
    backgroundPids: [],
    [Symbol.asyncDispose]: () => child.stop(),
  };
}
