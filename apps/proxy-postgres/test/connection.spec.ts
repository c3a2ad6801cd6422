import {
  encodeQuery,
  encodeSSLRequest,
  encodeStartupMessage,
  PROTOCOL_3_0,
  PROTOCOL_3_2,
} from '@sallyport/codec-postgres';
import { createTestAuthority, eventually } from '@sallyport/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { tokenFor } from './support/fake-control-plane.ts';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';
import { errorOf, WireClient } from './support/wire-client.ts';

/** Callers may run functions here, to have something that takes long. */
const CALLERS = AGENTS.replace('sql.ddl.create]', 'sql.ddl.create, sql.call]');

let proxy: ProxyFixture;
beforeAll(async () => {
  const authority = await createTestAuthority();
  const { certificatePem, privateKeyPem } = await authority.issue({
    commonName: 'localhost',
    hosts: ['localhost'],
  });
  proxy = await ProxyFixture.start({
    schema: SHOP,
    policies: CALLERS,
    tls: { cert: certificatePem, key: privateKeyPem },
    config: { limits: { handshakeTimeoutMs: 1000, maxConnections: 700, maxConnectionsPerAddress: 650 } },
  });
});
afterAll(() => proxy.stop());

const greetingBytes = (database = 'shop') =>
  encodeStartupMessage(
    PROTOCOL_3_0,
    new Map([
      ['user', 'x'],
      ['database', database],
    ]),
  );

describe('the startup of a connection', () => {
  it('takes TLS when the client asks for it', async () => {
    const client = await proxy.connect({ ssl: { rejectUnauthorized: false } });
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('takes TLS that begins at once, with ALPN, and not without', async () => {
    const direct = connectTls({
      port: proxy.server.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['postgresql'],
    });
    await once(direct, 'secureConnect');
    direct.write(greetingBytes());
    const [answer] = (await once(direct, 'data')) as [Buffer];
    expect(answer[0]).toBe(0x52);
    direct.destroy();
    const plain = connectTls({ port: proxy.server.port, host: '127.0.0.1', rejectUnauthorized: false });
    plain.on('error', () => undefined);
    plain.write(greetingBytes());
    await once(plain, 'close');
  });

  it('ends when bytes come between the SSLRequest and its answer', async () => {
    const client = await WireClient.open(proxy.server.port);
    client.send(encodeSSLRequest(), greetingBytes());
    client.read();
    expect((await client.until('never')).map(({ type }) => type)).toEqual(['E']);
  });

  it('answers a GSSENCRequest with N and goes on', async () => {
    const socket = connect(proxy.server.port, '127.0.0.1');
    socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('N');
    socket.write(greetingBytes());
    const [asked] = (await once(socket, 'data')) as [Buffer];
    expect(asked[0]).toBe(0x52);
    socket.destroy();
  });

  it('gives a 3.2 client a long cancel key, a 3.0 client a short one, and negotiates anything newer down', async () => {
    const long = await WireClient.login(proxy.server.port, { version: PROTOCOL_3_2 });
    expect(long.greeting.find(({ type }) => type === 'K')?.bytes.length).toBe(1 + 4 + 4 + 32);
    long.client.close();
    const short = await WireClient.login(proxy.server.port);
    expect(short.greeting.find(({ type }) => type === 'K')?.bytes.length).toBe(1 + 4 + 4 + 4);
    short.client.close();
    const newer = await WireClient.login(proxy.server.port, {
      version: { major: 3, minor: 9 },
      parameters: { '_pq_.x': '1' },
    });
    expect(newer.greeting[0]?.type).toBe('v');
    newer.client.close();
  });

  it('ends malformed packets and slow clients, and neither holds up anybody else', async () => {
    const garbage = await WireClient.open(proxy.server.port);
    garbage.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    const idle = await WireClient.open(proxy.server.port);
    const half = await WireClient.open(proxy.server.port);
    half.send(Buffer.from([0, 0]));
    const started = Date.now();
    const client = await proxy.connect();
    await client.query('SELECT 1');
    await client.end();
    expect(Date.now() - started).toBeLessThan(5000);
    for (const each of [garbage, idle, half]) {
      each.read();
      await eventually('the slow client is closed', () => each.closed, { timeoutMs: 15_000 });
    }
  });

  it('serves others while 500 clients are idle', async () => {
    const idle = await Promise.all(Array.from({ length: 500 }, () => WireClient.open(proxy.server.port)));
    const client = await proxy.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    for (const each of idle) each.close();
  });

  it('tells the target who is behind the connection, and keeps the token and the credential to itself', async () => {
    const client = await proxy.connect({ application_name: 'my-app' });
    const rows = await proxy.postgres.query(
      "SELECT application_name AS a FROM pg_stat_activity WHERE application_name LIKE 'sallyport ana%'",
    );
    expect(rows).toEqual([{ a: 'sallyport ana my-app' }]);
    expect((await client.query('SHOW application_name')).rows).toHaveLength(1);
    await client.end();
    const everything = proxy.recordedText() + proxy.logs.join('');
    expect(everything).not.toContain(tokenFor('ana', 'agents'));
    expect(everything).not.toContain(proxy.postgres.password);
  });
});

describe('a cancel', () => {
  it('with the right key stops what runs, and with a wrong one nothing', async () => {
    const { client, greeting } = await WireClient.login(proxy.server.port);
    const key = greeting.find(({ type }) => type === 'K')?.bytes.subarray(5) ?? Buffer.alloc(8);
    const cancelWith = async (secret: Buffer) => {
      const packet = Buffer.concat([Buffer.from([0, 0, 0, 16, 4, 210, 22, 46]), secret]);
      const socket = connect(proxy.server.port, '127.0.0.1');
      socket.end(packet);
      await once(socket.resume(), 'close');
    };
    client.send(encodeQuery('SELECT pg_sleep(20)'));
    await eventually(
      'it runs',
      async () =>
        (
          await proxy.postgres.query(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'",
          )
        ).length === 1,
    );
    const wrong = Buffer.from(key);
    wrong[7] = (wrong[7] ?? 0) ^ 1;
    await cancelWith(wrong);
    await proxy.postgres.query('SELECT pg_sleep(0.2)');
    expect(
      await proxy.postgres.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(20%' AND state = 'active'",
      ),
    ).toHaveLength(1);
    await cancelWith(key);
    expect(errorOf(await client.untilReady()).code).toBe('57014');
    client.close();
  });
});

describe('flow', () => {
  const LARGE = "SELECT repeat('x', 1000) FROM generate_series(1, 200000)";

  it('stops the target while the client does not read, without keeping what it sends', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    client.socket.pause();
    const before = process.memoryUsage().rss;
    client.send(encodeQuery(LARGE));
    await eventually(
      'the target waits',
      async () =>
        (await proxy.postgres.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'ClientWrite'"))
          .length > 0,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(120 * 1024 * 1024);
    const other = await proxy.connect();
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await other.end();
    client.close();
    await eventually(
      'the target is free again',
      async () =>
        (await proxy.postgres.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'ClientWrite'"))
          .length === 0,
    );
  });

  it('passes large results whole', async () => {
    const result = await proxy.psql([
      '-c',
      "SELECT md5(string_agg(i::text, ',')) FROM generate_series(1, 100000) i",
      '-c',
      'SELECT repeat($$y$$, 3000000)',
    ]);
    const [digest, large] = result.out.trim().split('\n');
    expect(digest).toHaveLength(32);
    expect(large).toBe('y'.repeat(3_000_000));
  });

  it('takes COPY data in, records it, and keeps the connection usable after a failed one', async () => {
    proxy.spool.records.length = 0;
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `${index + 1000}\t1\t1.00\tcopied ${index}`,
    ).join('\n');
    const result = await proxy.psql(
      ['-c', '\\copy orders FROM STDIN', '-c', 'SELECT count(*) FROM orders WHERE id >= 1000'],
      `${rows}\n`,
    );
    expect(result).toMatchObject({ code: 0, out: '20000\n' });
    expect(proxy.recordedText()).toContain('copied 19999');
    const failed = await proxy.psql([], 'COPY orders FROM STDIN;\nnot a number\t1\t1\tx\n\\.\nSELECT 7;\n');
    expect(failed.err).toContain('invalid input syntax');
    expect(failed.out).toBe('7\n');
  });

  it('pipelines as libpq does', async () => {
    const result = await proxy.psql([], 'SELECT 1 \\; SELECT 2;\nSELECT 3 \\gdesc\nSELECT 41 + 1;\n');
    expect(result.out).toBe('1\n2\n?column?|integer\n42\n');
  });
});

describe('a limit', () => {
  it('ends the answer at exactly its rows, with an error that names the rule', async () => {
    proxy.controlPlane.apply(`${CALLERS}    - name: budget\n      limit: { rows: 5, per: statement }\n`);
    const client = await proxy.connect();
    const rows: unknown[] = [];
    const { Query } = await import('pg');
    const query = client.query(new Query('SELECT i FROM generate_series(1, 100000) i'));
    query.on('row', (row) => rows.push(row));
    const error = await new Promise<Error>((resolve) => query.on('error', resolve));
    expect(rows).toHaveLength(5);
    expect(error).toMatchObject({ code: '53400' });
    expect(error.message).toContain('budget');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    proxy.controlPlane.apply(CALLERS);
  });
});

describe('a session', () => {
  it('ends when its token does', async () => {
    proxy.controlPlane.expiresInMs = 700;
    const client = await proxy.connect();
    proxy.controlPlane.expiresInMs = 3_600_000;
    const error = await new Promise<Error>((resolve) => client.on('error', resolve));
    expect(error.message).toContain('token');
  });

  it('ends with what it still owed recorded as cut off when the target dies', async () => {
    proxy.events.length = 0;
    const { client } = await WireClient.login(proxy.server.port);
    client.send(encodeQuery('SELECT pg_sleep(20)'));
    await eventually(
      'it runs',
      async () =>
        (
          await proxy.postgres.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(20%' AND state = 'active'",
          )
        ).length === 1,
    );
    expect(errorOf(await client.until('never')).severity).toBe('FATAL');
    await eventually('it is closed', () =>
      proxy.events.some(({ body }) => body.case === 'sessionClosed' && body.value.reason === 'target_closed'),
    );
    expect(
      proxy.events.some(({ body }) => body.case === 'statementFinished' && body.value.statementId !== ''),
    ).toBe(true);
  });
});
