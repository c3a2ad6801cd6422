import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { readFileSync } from 'node:fs';
import { connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { call } from './reviewer.ts';
import { connect, portOf, psql, stack } from './stack.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** A raw connection to the door, and what it has answered. */
function open(): Promise<{ socket: Socket; answer: () => Buffer; closed: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const socket = dial(portOf('postgres'), '127.0.0.1');
    sockets.push(socket);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    socket.once('connect', () => resolve({ socket, answer: () => Buffer.concat(chunks), closed }));
    socket.on('error', reject);
  });
}

const int32 = (...values: readonly number[]) => {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeInt32BE(value, index * 4));
  return buffer;
};

/** Works as if nothing else were there. */
async function stillServes(): Promise<void> {
  const startedMs = Date.now();
  expect(await psql('shop-agent', 'shop', "SELECT 'served'")).toMatchObject({ code: 0, stdout: 'served\n' });
  expect(Date.now() - startedMs).toBeLessThan(5_000);
}

describe('the PostgreSQL door', () => {
  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a length of two gigabytes', int32(0x7fffffff, 196_608)],
    ['a negative length', int32(-1, 196_608)],
    ['a length that is too small', int32(4)],
    ['protocol 2.0', int32(8, 131_072)],
    ['parameters without an end', Buffer.concat([int32(16, 196_608), Buffer.from('userxxxx')])],
    ['nothing but zeros', Buffer.alloc(64)],
  ])('closes on %s, and serves others', async (_name, bytes) => {
    const { socket, closed } = await open();
    socket.write(bytes);
    await closed;
    await stillServes();
  });

  it('speaks TLS with a certificate that psql can verify, and to nobody who trusts another authority', async () => {
    const ca = readFileSync(join(stack.stateDir, 'certificates', 'ca.pem'));
    const trusting = await connect('shop-agent', { ssl: { ca } });
    expect((await trusting.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await trusting.end();
    await expect(connect('shop-agent', { ssl: true })).rejects.toThrow(/certificate/);
  });

  it('answers requests for GSS encryption with N', async () => {
    const { socket, answer } = await open();
    socket.write(int32(8, 80_877_104));
    await eventually('an answer', () => answer().length > 0);
    expect(answer().toString()).toBe('N');
  });

  it('serves while five hundred connections say nothing', async () => {
    await Promise.all(Array.from({ length: 500 }, open));
    await stillServes();
  });

  it('serves while clients that asked for much do not read it', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => connect()));
    for (const client of clients) {
      client.on('error', () => undefined);
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
      void client
        .query('SELECT repeat(item, 2000) FROM orders, generate_series(1, 200)')
        .catch(() => undefined);
      stream.pause();
      sockets.push(stream);
    }
    await stillServes();
    await stillServes();
  });

  it('ends the sessions of whom is locked out within two seconds, and lets nobody of them in', async () => {
    const client = await connect('eve');
    const ended = new Promise<number>((resolve) => client.on('error', () => resolve(Date.now())));
    await client.query('SELECT 1');
    const { principal } = (await call('WhoAmI', {}, 'eve', 'TokenService')) as { principal: { id: string } };
    const startedMs = Date.now();
    const { lock } = (await call(
      'CreateLock',
      { principalId: principal.id, reason: 'e2e' },
      'ada',
      'AccessService',
    )) as {
      lock: { lockId: string };
    };
    try {
      expect((await ended) - startedMs).toBeLessThan(2_000);
      expect((await psql('eve', 'shop', 'SELECT 1')).code).toBe(2);
    } finally {
      await call('DeleteLock', { lockId: lock.lockId }, 'ada', 'AccessService');
    }
    expect((await psql('eve', 'shop', 'SELECT 1')).code).toBe(0);
  });
});
