import { Outcome } from '@sallyport/contracts/access';
import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DatabaseError } from 'pg';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';

let proxy: ProxyFixture;
beforeAll(async () => {
  proxy = await ProxyFixture.start({ schema: SHOP, policies: AGENTS });
});
afterAll(() => proxy.stop());
beforeEach(() => {
  proxy.events.length = 0;
});

const refusal = async (run: Promise<unknown>): Promise<DatabaseError> => {
  try {
    await run;
  } catch (error) {
    return error as DatabaseError;
  }
  throw new Error('it was not refused');
};

describe('a refusal', () => {
  it('reaches the caller as 42501 with the rule, JSON in DETAIL and what to do next, and the session goes on', async () => {
    const client = await proxy.connect();
    const error = await refusal(client.query('SELECT * FROM payroll.salaries'));
    expect(error.code).toBe('42501');
    expect(error.severity).toBe('ERROR');
    expect(error.message).toContain('payroll is closed to agents');
    expect(error.message).toContain('"payroll"');
    expect(JSON.parse(error.detail ?? '')).toMatchObject({
      code: 'denied_by_rule',
      policy: 'agents-on-shop',
      rule: 'payroll',
      requestId: expect.stringContaining('ses-'),
    });
    expect(error.hint).not.toBe('');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('of one statement of a text is a refusal of all of it: nothing runs', async () => {
    const result = await proxy.psql([
      '-c',
      'INSERT INTO orders VALUES (900, 1, 1, $$x$$); DROP TABLE orders',
    ]);
    expect(result.code).toBe(1);
    expect(result.err).toContain('ERROR');
    expect(await proxy.postgres.query('SELECT id FROM orders WHERE id = 900')).toEqual([]);
    expect(await proxy.postgres.query("SELECT to_regclass('orders') IS NOT NULL AS there")).toEqual([
      { there: true },
    ]);
  });

  it('is recorded with its decision, and as refused', async () => {
    await proxy.psql(['-c', 'DROP TABLE orders']);
    const decided = proxy.events.flatMap(({ body }) =>
      body.case === 'statementDecided' ? [body.value] : [],
    );
    expect(decided.map(({ decision }) => decision?.outcome)).toEqual([Outcome.DENY]);
    const finished = proxy.events.flatMap(({ body }) =>
      body.case === 'statementFinished' ? [body.value] : [],
    );
    expect(finished.map(({ outcome }) => outcome)).toEqual([StatementOutcome.REFUSED]);
  });

  it('in the extended protocol comes after what is outstanding, drops the batch to its Sync, and leaves the target clean', async () => {
    const client = await proxy.connect();
    const before = client.query('SELECT count(*), 1 AS one FROM generate_series(1, 300000)');
    const denied = refusal(client.query({ text: 'DELETE FROM payroll.salaries WHERE id = $1', values: [1] }));
    const after = client.query({ text: 'SELECT $1::int AS two', values: [2] });
    expect((await before).rows[0]).toMatchObject({ one: 1 });
    expect((await denied).code).toBe('42501');
    expect((await after).rows).toEqual([{ two: 2 }]);
    await client.end();
  });

  it('inside a transaction fails the transaction, as every error of a statement does, so COMMIT does not keep half of it', async () => {
    const client = await proxy.connect();
    await client.query('BEGIN');
    await client.query("INSERT INTO orders VALUES (901, 1, 1, 'half')");
    expect((await refusal(client.query('DROP TABLE orders'))).code).toBe('42501');
    expect((await refusal(client.query('SELECT 1'))).code).toBe('25P02');
    expect((await client.query('COMMIT')).command).toBe('ROLLBACK');
    expect(await proxy.postgres.query('SELECT id FROM orders WHERE id = 901')).toEqual([]);
    await client.end();
  });

  it('of something that cannot be parsed says so, and runs nothing', async () => {
    const client = await proxy.connect();
    const error = await refusal(client.query('SELEC 1'));
    expect(error.code).toBe('42000');
    expect(JSON.parse(error.detail ?? '').code).toBe('statement_not_understood');
    await client.end();
  });

  it('of an oversized statement keeps the session, whatever is behind its comment', async () => {
    const small = await ProxyFixture.start({
      schema: SHOP,
      policies: AGENTS,
      config: { limits: { maxStatementBytes: '64Ki' } },
    });
    try {
      const client = await small.connect();
      const text = `/* ${'x'.repeat(200_000)} */ DELETE FROM orders`;
      expect((await refusal(client.query(text))).code).toBe('54000');
      expect((await refusal(client.query({ text, queryMode: 'extended' } as never))).code).toBe('54000');
      const bound = { text: 'SELECT length($1) AS one', values: ['x'.repeat(200_000)] };
      expect(await refusal(client.query(bound))).toMatchObject({
        code: '54000',
        message: expect.stringMatching(/message has 200\d+ bytes; 65536 are taken/),
      });
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      expect(await small.postgres.query('SELECT count(*)::int AS n FROM orders')).toEqual([{ n: 20 }]);
      await client.end();
    } finally {
      await small.stop();
    }
  });

  it('of a wrong or expired token, an unknown target and no token comes as the answer to the login', async () => {
    const login = (over: Parameters<ProxyFixture['connect']>[0]) => refusal(proxy.connect(over));
    expect((await login({ password: 'nonsense' })).code).toBe('28P01');
    expect((await login({ password: 'expired:x' })).code).toBe('28P01');
    const unknown = await login({ database: 'nothing' });
    expect(unknown.code).toBe('3D000');
    expect(unknown.message).not.toContain('127.0.0.1');
    expect((await login({ database: 'shop/nodatabase' })).code).toBe('3D000');
  });

  it('comes when the record cannot be written: nothing runs unrecorded, and the session ends', async () => {
    const client = await proxy.connect();
    await client.query('SELECT 1');
    proxy.spool.failWith = new Error('disk full');
    const error = await refusal(client.query("INSERT INTO orders VALUES (902, 1, 1, 'unrecorded')"));
    proxy.spool.failWith = null;
    expect(error.message).toMatch(/recorded|terminated/);
    expect(await proxy.postgres.query('SELECT id FROM orders WHERE id = 902')).toEqual([]);
    await eventually('the session is gone', () => proxy.server.openSessions === 0);
  });

  it('comes when the policy is stale and the control plane is away', async () => {
    const client = await proxy.connect();
    await client.query('SELECT 1');
    proxy.controlPlane.fresh = false;
    const error = await refusal(client.query('SELECT 1'));
    proxy.controlPlane.fresh = true;
    expect(error.code).toBe('58000');
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });
});

describe('the end of a session', () => {
  it('comes at once when the control plane orders it, with its reason', async () => {
    const client = await proxy.connect();
    await client.query('SELECT 1');
    const ended = new Promise<Error>((resolve) => client.on('error', resolve));
    proxy.controlPlane.endSessions('locked', 'A lock ended this session.');
    const { message } = await ended;
    expect(message).toContain('lock');
    await eventually('it is closed', () =>
      proxy.controlPlane.closed.some(({ reason }) => reason === 'locked'),
    );
  });
});
