import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { existsSync, readdirSync } from 'node:fs';
import { startNats, temporaryDirectory } from '../src/index.ts';

/** What the server says first. */
const greeting = (port: number) =>
  new Promise<Record<string, unknown>>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (data: Buffer) => {
      socket.destroy();
      resolve(JSON.parse(data.toString().replace(/^INFO /, '')));
    });
  });

describe('startNats', () => {
  it('runs JetStream on file storage behind a token', async () => {
    using directory = temporaryDirectory();
    await using server = await startNats({ directory: directory.path });
    expect(await greeting(server.port)).toMatchObject({
      jetstream: true,
      auth_required: true,
      max_payload: 8_388_608,
    });
    expect(readdirSync(directory.path)).toContain('jetstream');
    expect(server.token).not.toBeNull();
  });

  it('comes back on the same port after a crash', async () => {
    await using server = await startNats({ token: null });
    const { port, pid } = server;
    await server.kill();
    expect(server.running).toBe(false);
    await expect(greeting(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(await greeting(port)).toMatchObject({ jetstream: true });
    expect(server.pid).not.toBe(pid);
  });

  it('leaves nothing behind', async () => {
    const server = await startNats();
    await server.stop();
    expect(existsSync(`/proc/${server.pid}`)).toBe(false);
  });
});
