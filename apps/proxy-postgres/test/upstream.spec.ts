import { UpstreamTlsMode } from '@sallyport/contracts/dataplane';
import { createTestAuthority, eventually, startPostgres, type PostgresServer } from '@sallyport/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DatabaseError } from 'pg';
import type { FakeTarget } from './support/fake-control-plane.ts';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';

let proxy: ProxyFixture;
let secured: PostgresServer;
let caPem = '';
let otherCaPem = '';
beforeAll(async () => {
  const authority = await createTestAuthority();
  caPem = authority.caPem;
  otherCaPem = (await createTestAuthority('somebody else')).caPem;
  const tls = await authority.issue({ commonName: '127.0.0.1', hosts: ['127.0.0.1'] });
  secured = await startPostgres({
    tls,
    hba: [
      'hostssl all md5_user 127.0.0.1/32 md5',
      'host all clear_user 127.0.0.1/32 password',
      'host all all 127.0.0.1/32 scram-sha-256',
    ],
  });
  await secured.query(
    "CREATE ROLE clear_user LOGIN PASSWORD 'clear'; SET password_encryption = 'md5'; CREATE ROLE md5_user LOGIN PASSWORD 'm'",
  );
  proxy = await ProxyFixture.start({ schema: SHOP, policies: AGENTS.replace('["shop"]', '["*"]') });
});
afterAll(async () => {
  await proxy.stop();
  await secured.stop();
});

async function through(over: Partial<FakeTarget>): Promise<unknown> {
  proxy.controlPlane.targets.set('secured', {
    host: secured.host,
    port: secured.port,
    username: secured.user,
    password: secured.password,
    database: 'postgres',
    ...over,
  });
  const client = await proxy.connect({ database: 'secured' });
  try {
    return (await client.query('SELECT 1 AS one')).rows[0];
  } finally {
    await client.end();
  }
}

const refusal = async (run: Promise<unknown>): Promise<DatabaseError> => {
  const outcome: unknown = await run.catch((error: unknown) => error);
  return outcome as DatabaseError;
};

describe('the connection to a target', () => {
  it('is verified in full, against its own CA', async () => {
    expect(await through({ tlsMode: UpstreamTlsMode.VERIFY_FULL, caPem })).toEqual({ one: 1 });
    expect(await through({ tlsMode: UpstreamTlsMode.VERIFY_CA, caPem })).toEqual({ one: 1 });
  });

  it('is refused when the certificate is of another CA or for another host, and says nothing of the address', async () => {
    for (const over of [
      { tlsMode: UpstreamTlsMode.VERIFY_FULL, caPem: otherCaPem },
      { tlsMode: UpstreamTlsMode.VERIFY_CA, caPem: otherCaPem },
      { tlsMode: UpstreamTlsMode.VERIFY_FULL, caPem, host: 'localhost' },
      { tlsMode: UpstreamTlsMode.UNSPECIFIED, caPem: otherCaPem },
    ]) {
      const error = await refusal(through(over));
      expect(error.code).toBe('08001');
      expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('127.0.0.1');
    }
  });

  it('is refused when TLS is asked for and not offered, and not taken without', async () => {
    const error = await refusal(
      through({ host: proxy.postgres.host, port: proxy.postgres.port, tlsMode: UpstreamTlsMode.REQUIRE }),
    );
    expect(error.code).toBe('08001');
    expect(error.message).toContain('TLS');
  });

  it('shows the exception in the recording when TLS is off or unchecked', async () => {
    proxy.events.length = 0;
    await through({ tlsMode: UpstreamTlsMode.REQUIRE });
    const opened = proxy.events.flatMap(({ body }) =>
      body.case === 'sessionOpened' ? [body.value.exceptions] : [],
    );
    expect(opened).toEqual([['upstream.tls.require']]);
  });

  it('speaks md5, and sends a password in clear to a verified server only', async () => {
    const verified = { tlsMode: UpstreamTlsMode.VERIFY_FULL, caPem };
    expect(await through({ ...verified, username: 'md5_user', password: 'm' })).toEqual({ one: 1 });
    expect(await through({ ...verified, username: 'clear_user', password: 'clear' })).toEqual({ one: 1 });
    for (const tlsMode of [UpstreamTlsMode.DISABLE, UpstreamTlsMode.REQUIRE]) {
      const error = await refusal(through({ tlsMode, username: 'clear_user', password: 'clear' }));
      expect(error.code).toBe('08001');
    }
  });

  it('that is refused names neither credential nor host', async () => {
    const error = await refusal(through({ username: 'nobody-here', password: 'wrong-password' }));
    expect(error.code).toBe('08001');
    const all = `${error.message} ${JSON.stringify(error)}`;
    for (const secret of ['nobody-here', 'wrong-password', '127.0.0.1', String(secured.port)])
      expect(all).not.toContain(secret);
    expect((await refusal(through({ port: 1 }))).code).toBe('08001');
  });
});

describe('the door, when it closes', () => {
  it('lets a session finish its transaction, takes no new ones, and ends the idle with 57P01', async () => {
    const own = await ProxyFixture.start({ schema: SHOP, policies: AGENTS });
    try {
      const idle = await own.connect();
      await idle.query('SELECT 1');
      const busy = await own.connect();
      await busy.query('BEGIN');
      await busy.query("INSERT INTO orders VALUES (990, 1, 1, 'kept')");
      const ended = new Promise<Error>((resolve) => idle.on('error', resolve));
      const stopped = own.server.stop(new AbortController().signal);
      expect(await ended).toMatchObject({ code: '57P01' });
      await expect(own.connect()).rejects.toThrow();
      await busy.query('COMMIT');
      await stopped;
      expect(await own.postgres.query('SELECT note FROM orders WHERE id = 990')).toEqual([{ note: 'kept' }]);
    } finally {
      await own.stop();
    }
  });
});

describe('detectors', () => {
  it('hide what looks like personal data wherever it stands, in text, binary and COPY', async () => {
    const own = await ProxyFixture.start({
      schema: `${SHOP} INSERT INTO orders VALUES (100, 1, 1, 'write to carla@example.net, card 4111 1111 1111 1111');`,
      policies: `${AGENTS}    - name: found\n      mask: { detect: [email, card], with: redact }\n`,
    });
    try {
      const client = await own.connect();
      const text = 'SELECT id, note FROM orders WHERE id = 100';
      const queryMode = 'extended';
      for (const config of [{ text }, { text, queryMode }, { text, queryMode, binary: true }]) {
        const { rows } = await client.query<{ id: number; note: string }>(config);
        expect(rows[0]?.id).toBe(100);
        expect(rows[0]?.note).toMatch(/^write to .*, card /);
        expect(rows[0]?.note).not.toMatch(/carla|4111/);
      }
      const copied = await own.psql(['-c', 'COPY (SELECT id, note FROM orders WHERE id >= 19) TO STDOUT']);
      expect(copied.out).toContain('note 20');
      expect(copied.out).not.toMatch(/carla|4111/);
      expect(own.recordedText()).not.toMatch(/carla|4111 1111/);
      await client.end();
      await eventually('masks are in the record', () =>
        own.events.some(
          ({ body }) =>
            body.case === 'statementFinished' &&
            body.value.masks.some(({ what, values }) => what.includes('email') && values > 0n),
        ),
      );
    } finally {
      await own.stop();
    }
  });
});
