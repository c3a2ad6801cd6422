import { eventually, freePort } from '@sallyport/testing';
import { connect, createServer, type Server } from 'node:net';
import type { Step } from '../tour.ts';
import { runSsh, startSsh } from './ssh-clients.ts';

/** Forwards, to a server that counts who comes: nobody does. */
export const noWayThrough: Step = {
  title: 'The host is no way to others: forwards are refused, each way',
  async run(tour) {
    let visitors = 0;
    const server = createServer((socket) => {
      visitors += 1;
      socket.end('reached\n');
    });
    const port = await listening(server);
    try {
      const local = await freePort();
      const ssh = startSsh(tour, 'shop-agent', ['-N', '-L', `127.0.0.1:${local}:127.0.0.1:${port}`, 'web']);
      const through = await read(local);
      await ssh.until(/open failed: administratively prohibited/);
      ssh.kill('SIGTERM');
      await ssh.result;
      tour.say(ssh.written().trimEnd().split('\n')[0] ?? '');
      tour.check(
        'ssh -L: its connection is refused, with the rule',
        through === '' && ssh.written().includes('"forwards"'),
      );
      const piped = await runSsh(tour, 'shop-agent', 'ssh', ['-W', `127.0.0.1:${port}`, 'web']);
      tour.check('ssh -W: refused', piped.code === 255 && piped.stdout === '');
      const args = ['-o', 'ExitOnForwardFailure=yes', '-R', `0:127.0.0.1:${port}`, 'web', 'ls'];
      const remote = await runSsh(tour, 'shop-agent', 'ssh', args);
      tour.check('ssh -R: refused', remote.code === 255 && remote.stdout === '');
      tour.check('nobody reached the server behind', visitors === 0);
    } finally {
      server.close();
    }
  },
};

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** All that comes from a port, once something listens there. */
function read(port: number): Promise<string> {
  return eventually('a port that ssh listens on', async () => (await readOnce(port)) ?? false);
}

function readOnce(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? undefined : text),
    );
    socket.once('close', () => resolve(text));
  });
}
