import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';

let proxy: ProxyFixture;
beforeAll(async () => {
  proxy = await ProxyFixture.start({ schema: SHOP, policies: AGENTS });
});
afterAll(() => proxy.stop());

describe('a session that policy leaves alone', () => {
  it('answers psql as the server does, and records statement, decision, result and end', async () => {
    const result = await proxy.psql(['-c', 'SELECT id, total FROM orders ORDER BY id LIMIT 2']);
    expect(result).toEqual({ code: 0, out: '1|1.50\n2|3.00\n', err: '' });
    // A checkpoint stands wherever a second has passed.
    const kinds = proxy.events.map(({ body }) => body.case).filter((kind) => kind !== 'checkpoint');
    expect(kinds).toEqual([
      'sessionOpened',
      'statementDecided',
      'output',
      'statementFinished',
      'sessionClosed',
    ]);
  });

  it('serves drivers that prepare', async () => {
    const client = await proxy.connect();
    const { rows } = await client.query({
      name: 'one',
      text: 'SELECT total FROM orders WHERE id = $1',
      values: [3],
    });
    expect(rows).toEqual([{ total: '4.50' }]);
    const again = await client.query({
      name: 'one',
      text: 'SELECT total FROM orders WHERE id = $1',
      values: [4],
    });
    expect(again.rows).toEqual([{ total: '6.00' }]);
    await client.end();
  });

  it('takes an empty query, as drivers send to look whether a connection lives', async () => {
    const client = await proxy.connect();
    expect((await client.query('')).rows).toEqual([]);
    const extended = { text: '', queryMode: 'extended' };
    expect((await client.query(extended)).rows).toEqual([]);
    expect((await client.query(' ; ')).rows).toEqual([]);
    await client.end();
  });

  it('passes a long answer byte for byte to a client that reads in fits and starts', async () => {
    const sql = `SELECT n, repeat(md5(n::text), 1 + n % 40) AS filler FROM generate_series(1, 150000) n`;
    const digestOf = async (config: ClientConfig, pauses: boolean): Promise<string> => {
      const client = new Client(config);
      await client.connect();
      const hash = createHash('sha256');
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
      stream.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        if (!pauses || chunk.length < 30_000) return;
        stream.pause();
        setTimeout(() => stream.resume(), 3);
      });
      await client.query({ text: sql, rowMode: 'array' });
      await client.end();
      return hash.digest('hex');
    };
    const { host, port, user, password } = proxy.postgres;
    const direct = await digestOf({ host, port, user, password, database: 'postgres' }, false);
    expect(await digestOf(proxy.clientConfig(), false)).toBe(direct);
    expect(await digestOf(proxy.clientConfig(), true)).toBe(direct);
  }, 60_000);
});
