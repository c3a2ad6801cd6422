/** Against a real server: every way to authenticate, both versions of the protocol, over TLS and without. */
import type { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority, startPostgres, type PostgresServer } from '@sallyport/testing';
import {
  encodeCancelRequest,
  encodeQuery,
  PROTOCOL_3_2,
  type BackendKeyData,
  type BackendMessage,
} from '../src/index.ts';
import { WireClient, type WireClientOptions } from './wire-client.ts';

/** NFKC makes "ﬁ" into "fi" and "Ⅸ" into "IX": without SASLprep the server's verifier does not match. */
const USERS = {
  plain: 'secret',
  prepared: 'ﬁ\u00a0Ⅸ\u00ad',
  controls: 'a\u0001\u00a0b',
  arabic: 'ابﺕ',
  emoji: '🙂ﬁ',
};

let server: PostgresServer;

beforeAll(async () => {
  const authority = await createTestAuthority();
  const { certificatePem, privateKeyPem } = await authority.issue({ commonName: 'db', hosts: ['127.0.0.1'] });
  server = await startPostgres({
    tls: { certificatePem, privateKeyPem },
    settings: { password_encryption: 'scram-sha-256' },
    hba: [
      'host all md5_user 127.0.0.1/32 md5',
      'host all clear_user 127.0.0.1/32 password',
      'host all trusted_user 127.0.0.1/32 trust',
      'host all all 127.0.0.1/32 scram-sha-256',
    ],
  });
  for (const [name, password] of Object.entries(USERS)) {
    await server.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  }
  await server.query(`SET password_encryption = md5; CREATE ROLE md5_user LOGIN PASSWORD 'secret'`);
  await server.query(`CREATE ROLE clear_user LOGIN PASSWORD 'secret'; CREATE ROLE trusted_user LOGIN`);
});

afterAll(() => server.stop());

describe('authentication with a real server', () => {
  it.each(Object.entries(USERS))(
    'works with SCRAM-SHA-256 for the password of %s',
    async (user, password) => {
      await expectWorks({ user, password, methods: ['scram-sha-256'] });
    },
  );

  it('binds to the TLS connection with SCRAM-SHA-256-PLUS', async () => {
    await expectWorks({ user: 'plain', password: 'secret', tls: true, methods: ['scram-sha-256-plus'] });
  });

  it('works with SCRAM-SHA-256 over TLS without binding', async () => {
    await expectWorks({ user: 'plain', password: 'secret', tls: true, methods: ['scram-sha-256'] });
  });

  it('works with md5, a clear password and no password, where they are allowed', async () => {
    await expectWorks({ user: 'md5_user', password: 'secret', methods: ['md5'] });
    await expectWorks({ user: 'clear_user', password: 'secret', methods: ['cleartext'] });
    await expectWorks({ user: 'trusted_user', password: '', methods: ['none'] });
  });

  it('sends no password in a way that is not allowed', async () => {
    const methods = ['scram-sha-256', 'scram-sha-256-plus'] as const;
    for (const user of ['md5_user', 'clear_user', 'trusted_user']) {
      await expect(open({ user, password: 'secret', methods })).rejects.toMatchObject({
        code: 'target_refused_credential',
      });
    }
  });

  it('is refused by the server for a wrong password', async () => {
    await expect(open({ user: 'plain', password: 'wrong' })).rejects.toThrow('28P01');
    await expect(open({ user: 'md5_user', password: 'wrong', methods: ['md5'] })).rejects.toThrow('28P01');
  });
});

describe('protocol 3.2', () => {
  it('gives a cancel key of 32 bytes, which cancels', async () => {
    const { client, greeting } = await open({ user: 'plain', password: 'secret', version: PROTOCOL_3_2 });
    const key = keyOf(greeting);
    expect(key.secretKey).toHaveLength(32);
    const answer = client.ask(encodeQuery('SELECT pg_sleep(60)'));
    await eventuallyRunning('pg_sleep(60)');
    await sendAlone(encodeCancelRequest(key.processId, key.secretKey));
    expect(await answer).toContainEqual({
      type: 'ErrorResponse',
      fields: expect.objectContaining({ code: '57014' }) as unknown,
    });
    client.end();
  });

  it('is negotiated down, with the options that the server does not know', async () => {
    const { client, greeting } = await open({
      user: 'plain',
      password: 'secret',
      version: { major: 3, minor: 9999 },
      parameters: { '_pq_.sallyport': '1' },
    });
    expect(greeting[0]).toEqual({
      type: 'NegotiateProtocolVersion',
      newest: PROTOCOL_3_2,
      unknownOptions: ['_pq_.sallyport'],
    });
    client.end();
  });
});

function open(
  options: Omit<WireClientOptions, 'port'>,
): Promise<{ client: WireClient; greeting: BackendMessage[] }> {
  return WireClient.connect({ port: server.port, ...options });
}

async function expectWorks(options: Omit<WireClientOptions, 'port'>): Promise<void> {
  const { client } = await open(options);
  const rows = await client.rows('SELECT current_user', [], ['text']);
  expect(rows[0]?.[0]?.toString()).toBe(options.user);
  client.end();
}

function keyOf(greeting: readonly BackendMessage[]): BackendKeyData {
  const key = greeting.find((message) => message.type === 'BackendKeyData');
  if (key === undefined) throw new Error('the server sent no cancel key');
  return key;
}

async function eventuallyRunning(sql: string): Promise<void> {
  const query = `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT ${sql}' AND state = 'active'`;
  while ((await server.query(query)).length === 0);
}

async function sendAlone(bytes: Buffer): Promise<void> {
  const socket = connect(server.port, '127.0.0.1');
  socket.end(bytes);
  await once(socket, 'close');
}
