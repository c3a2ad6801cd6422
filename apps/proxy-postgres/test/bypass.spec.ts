/**
 * Ways around policy that somebody found somewhere, each through the real wire
 * against a real server. This corpus only grows. What it asks of each: the
 * orders stay, the salaries stay unread, and nobody changed who they are.
 */
import {
  encodeBind,
  encodeClose,
  encodeDescribe,
  encodeExecute,
  encodeFlush,
  encodeFunctionCall,
  encodeParse,
  encodeQuery,
  encodeSync,
} from '@sallyport/codec-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';
import { errorOf, WireClient } from './support/wire-client.ts';

let proxy: ProxyFixture;
beforeAll(async () => {
  proxy = await ProxyFixture.start({ schema: `${SHOP}${MORE}`, policies: POLICY });
});
afterAll(() => proxy.stop());
afterEach(async () => {
  expect(await proxy.postgres.query('SELECT count(*)::int AS n, sum(total)::int AS s FROM orders')).toEqual([
    { n: 20, s: 315 },
  ]);
});

/** Here changes are denied, not held: a bypass must not hide behind a wait. */
const POLICY = AGENTS.replace(
  'hold: { actions: [sql.update, sql.delete], approvers: [{ group: dba }], count: 1, timeout: 2m }',
  'deny: { actions: [sql.update, sql.delete, sql.truncate, sql.ddl.drop] }',
);

const MORE = `
CREATE FUNCTION purge_dynamic() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM orders'; END $$;
CREATE FUNCTION purge_plain() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; END $$;
CREATE VIEW wages AS SELECT * FROM payroll.salaries;
CREATE PROCEDURE purge_proc() LANGUAGE sql AS 'DELETE FROM orders';
CREATE SCHEMA evil;
CREATE VIEW evil.orders AS SELECT id, amount AS total FROM payroll.salaries;
CREATE ROLE dba_role;
CREATE RULE sneaky AS ON INSERT TO customers WHERE NEW.id = -1 DO ALSO DELETE FROM orders;
`;

/** Each tries to delete orders, read salaries or become somebody else, in one text. */
const TEXTS: readonly string[] = [
  'DELETE FROM orders',
  'delete/**/from/**/orders',
  'DELETE -- x\nFROM orders',
  '/* SELECT */ DELETE FROM orders',
  '/* /* nested */ SELECT 1; */ DELETE FROM orders',
  'SELECT 1; DELETE FROM orders',
  'SELECT 1;;; ; DELETE FROM orders;',
  "SELECT E'O\\'Brien'; DELETE FROM orders; --'",
  "SELECT 'a\\'; DELETE FROM orders; --'",
  'SELECT $tag$ ; $tag$; DELETE FROM orders',
  'SELECT $$(((($$; DELETE FROM orders',
  'WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d',
  'WITH "select" AS (DELETE FROM orders RETURNING *) SELECT * FROM "select"',
  'WITH x AS (SELECT 1), "insert" AS (UPDATE orders SET total = 0 RETURNING 1) TABLE "insert"',
  'SELECT 1 AS "delete"; TRUNCATE orders',
  'MERGE INTO orders o USING customers c ON o.customer_id = c.id WHEN MATCHED THEN DELETE',
  'MERGE INTO orders o USING customers c ON o.customer_id = c.id WHEN MATCHED THEN UPDATE SET total = 0',
  'COPY (DELETE FROM orders RETURNING *) TO STDOUT',
  "COPY (SELECT 1) TO PROGRAM 'touch /tmp/sallyport-bypass'",
  "COPY orders FROM PROGRAM 'echo'",
  'EXPLAIN ANALYZE DELETE FROM orders',
  'EXPLAIN (ANALYZE true, FORMAT json) DELETE FROM orders',
  'SELECT purge()',
  'SELECT public.purge() WHERE false OR true',
  'SELECT purge_plain()',
  'SELECT purge_dynamic()',
  'SELECT * FROM generate_series(1, 1), LATERAL purge()',
  'SELECT (SELECT purge())',
  'CALL purge_proc()',
  'DO $$ BEGIN DELETE FROM orders; END $$',
  "DO 'BEGIN EXECUTE ''DELETE FROM orders''; END'",
  'PREPARE d AS DELETE FROM orders; EXECUTE d',
  "SELECT query_to_xml('DELETE FROM orders RETURNING 1', true, true, '')",
  "SELECT * FROM query_to_xml('SELECT * FROM payroll.salaries', true, true, '')",
  "SELECT cursor_to_xml('x', 1, true, true, '')",
  "SELECT ts_stat('SELECT 1')",
  "SELECT lo_export(1, '/tmp/x')",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT pg_ls_dir('.')",
  'SELECT pg_terminate_backend(pg_backend_pid())',
  "SELECT dblink_exec('dbname=postgres', 'DELETE FROM orders')",
  "SELECT set_config('role', 'dba_role', false)",
  "SELECT set_config('ro' || 'le', 'dba_role', false)",
  'SET ROLE dba_role',
  'SELECT 1; SET ROLE dba_role; SELECT 2',
  'SET SESSION AUTHORIZATION dba_role',
  "SET LOCAL role = 'dba_role'",
  'SELECT * FROM payroll.salaries',
  'SELECT * FROM "payroll"."salaries"',
  'SELECT * FROM wages',
  'SELECT s.* FROM payroll.salaries s',
  'SELECT (SELECT max(amount) FROM payroll.salaries)',
  'SELECT 1 WHERE EXISTS (SELECT 1 FROM payroll.salaries WHERE amount > 1)',
  'SET search_path = payroll; SELECT * FROM salaries',
  "SELECT set_config('search_path', 'payroll', false); SELECT * FROM salaries",
  'SET search_path = evil, public; SELECT total FROM orders',
  'CREATE TEMP TABLE x AS SELECT * FROM payroll.salaries',
  'INSERT INTO customers (id, name, email) SELECT -1, amount::text, $$x$$ FROM payroll.salaries',
  'INSERT INTO orders SELECT * FROM orders ON CONFLICT (id) DO UPDATE SET total = 0',
  "INSERT INTO customers (id, name, email) VALUES (-1, 'x', 'y')",
  'SELECT * FROM orders FOR UPDATE; DELETE FROM orders',
  'DECLARE c CURSOR FOR DELETE FROM orders RETURNING 1',
  'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ DELETE FROM orders RETURNING 1 $$; SELECT f()',
  'CREATE TABLE y AS WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d',
  'CREATE MATERIALIZED VIEW mv AS SELECT * FROM payroll.salaries',
  'REFRESH MATERIALIZED VIEW nothing',
  'BEGIN; DELETE FROM orders; COMMIT',
  'ALTER TABLE orders RENAME TO gone',
  'DROP TABLE orders CASCADE',
  'DROP SCHEMA public CASCADE',
  'TRUNCATE orders, customers',
  'GRANT ALL ON orders TO PUBLIC',
  'ALTER SYSTEM SET fsync = off',
  'CREATE EXTENSION dblink',
  'LOAD $$x$$',
  'VACUUM FULL orders',
  'LOCK TABLE orders; DELETE FROM orders',
  '\u00a0DELETE FROM orders',
  'DELETE\u2003FROM orders',
  'U&"\\0064elete" FROM orders',
  'SELECT 1 \\; DELETE FROM orders',
  'SELECT * FROM pg_catalog.pg_authid',
];

const FORBIDDEN_SALARY = '100000';

async function whoIsIt(client: Awaited<ReturnType<ProxyFixture['connect']>>): Promise<unknown> {
  return (await client.query('SELECT current_user::text AS u')).rows;
}

describe('a text that tries to get around the policy', () => {
  it.each(TEXTS)('does not, through the simple protocol: %s', async (text) => {
    const client = await proxy.connect();
    const result: unknown = await client.query({ text, rowMode: 'array' }).catch((error: unknown) => error);
    expect(JSON.stringify(result)).not.toContain(FORBIDDEN_SALARY);
    await client.query('ROLLBACK').catch(() => undefined);
    expect(await whoIsIt(client)).toEqual([{ u: 'postgres' }]);
    await client.end();
  });

  it.each(TEXTS.filter((text) => !text.includes(';')))('does not, prepared: %s', async (text) => {
    const client = await proxy.connect();
    const result: unknown = await client
      .query({ text, name: 'n', values: [], rowMode: 'array' })
      .catch((error: unknown) => error);
    expect(JSON.stringify(result)).not.toContain(FORBIDDEN_SALARY);
    await client.end();
  });

  it('does not when its verb is behind a comment longer than any buffer', async () => {
    const client = await proxy.connect();
    await expect(client.query(`/* ${'x'.repeat(9_000_000)} */ DELETE FROM orders`)).rejects.toMatchObject({
      code: expect.stringMatching(/^42|54/),
    });
    await client.end();
  });

  it('does not with bytes that are not UTF-8, or a zero byte in the middle', async () => {
    for (const bytes of [
      Buffer.from('SELECT \xbf\x27; DELETE FROM orders; --', 'latin1'),
      Buffer.from('SELECT 1\0; DELETE FROM orders'),
    ]) {
      const { client } = await WireClient.login(proxy.server.port);
      const message = Buffer.concat([Buffer.from('Q'), Buffer.alloc(4), bytes, Buffer.alloc(1)]);
      message.writeInt32BE(message.length - 1, 1);
      client.send(message);
      errorOf(await client.untilReady());
      client.close();
    }
  });
});

describe('a session that tries to get around the policy', () => {
  it('does not by changing its search path, in one text or in two', async () => {
    const client = await proxy.connect();
    await client.query('SET search_path = evil, public');
    await expect(client.query('SELECT total FROM orders')).rejects.toMatchObject({ code: '42501' });
    await client.query('BEGIN');
    await client.query('SET LOCAL search_path = payroll');
    await expect(client.query('SELECT * FROM salaries')).rejects.toMatchObject({ code: '42501' });
    await client.query('ROLLBACK');
    await client.query('RESET search_path');
    expect((await client.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 20 }]);
    await client.end();
  });

  it('does not by taking a search path back with a rollback', async () => {
    const client = await proxy.connect();
    await client.query('SET search_path = evil, public');
    await client.query('BEGIN');
    await client.query('SET search_path = public');
    await client.query('SELECT count(*) FROM orders');
    await client.query('ROLLBACK');
    await expect(client.query('SELECT total FROM orders')).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('does not by pipelining a query behind the SET that changes its meaning', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    client.send(encodeQuery('SET search_path = evil, public'), encodeQuery('SELECT total FROM orders'));
    expect(await client.shape()).toContain('C');
    expect(errorOf(await client.untilReady()).code).toBe('42501');
    client.close();
  });

  it('does not by pipelining it in one extended batch', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    const unnamed = { portal: '', statement: '', parameterFormats: [], parameters: [], resultFormats: [] };
    client.send(
      encodeParse('', 'SET search_path = evil, public'),
      encodeBind(unnamed),
      encodeExecute('', 0),
      encodeParse('', 'SELECT total FROM orders'),
      encodeBind(unnamed),
      encodeExecute('', 0),
      encodeSync(),
    );
    const messages = await client.untilReady();
    expect(errorOf(messages).code).toBe('42501');
    expect(messages.some(({ type }) => type === 'D')).toBe(false);
    client.close();
  });

  it('does not with a temporary table that shadows a real one, nor with one that stops to', async () => {
    const client = await proxy.connect();
    await client.query('CREATE TEMP TABLE salaries (id int)');
    expect((await client.query('SELECT * FROM salaries')).rows).toEqual([]);
    await client.query('SET search_path = payroll');
    expect((await client.query('SELECT * FROM salaries')).rows).toEqual([]);
    await client.query('SET search_path = payroll, pg_temp');
    await expect(client.query('SELECT * FROM salaries')).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('does not with a table that it made in the transaction that is still open', async () => {
    const client = await proxy.connect();
    await client.query('BEGIN');
    await client.query('CREATE TABLE mine (id int)');
    await client.query('INSERT INTO mine VALUES (1)');
    expect((await client.query('SELECT id FROM mine')).rows).toEqual([{ id: 1 }]);
    await client.query('CREATE VIEW peek AS SELECT 1 AS one');
    expect((await client.query('SELECT one FROM peek')).rows).toEqual([{ one: 1 }]);
    await client.query('ROLLBACK');
    await expect(client.query('SELECT id FROM mine')).rejects.toBeInstanceOf(Error);
    await client.end();
  });

  it('does not by preparing one statement and running another under its name', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    const bind = (statement: string) =>
      encodeBind({ portal: '', statement, parameterFormats: [], parameters: [], resultFormats: [] });
    // A name that exists: the server refuses the second Parse and keeps the first.
    client.send(encodeParse('s', 'SELECT 7 AS seven'), encodeSync());
    expect(await client.shape()).toBe('1Z');
    client.send(
      encodeParse('s', 'SELECT 8 AS eight'),
      encodeSync(),
      bind('s'),
      encodeExecute('', 0),
      encodeSync(),
    );
    expect(await client.shape()).toBe('EZ');
    const messages = await client.untilReady();
    const row = messages.find(({ type }) => type === 'D');
    expect(row?.bytes.toString('latin1')).toContain('7');
    const texts = proxy.events.flatMap(({ body }) =>
      body.case === 'statementDecided' && body.value.statement?.kind === 'sql.execute'
        ? [body.value.statement.text]
        : [],
    );
    expect(texts.at(-1)).toBe('SELECT 7 AS seven');
    client.close();
  });

  it('does not by binding what nobody prepared, or running what nobody bound', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    client.send(
      encodeBind({
        portal: '',
        statement: 'nothing',
        parameterFormats: [],
        parameters: [],
        resultFormats: [],
      }),
      encodeSync(),
    );
    expect(await client.shape()).toBe('EZ');
    client.send(encodeExecute('nothing', 0), encodeSync());
    expect(await client.shape()).toBe('EZ');
    client.send(encodeQuery('SELECT 1'));
    expect(await client.shape()).toBe('TDCZ');
    client.close();
  });

  it('does not with EXECUTE of what DEALLOCATE took away, or of a name that means something else now', async () => {
    const client = await proxy.connect();
    await client.query('PREPARE x AS SELECT 1 AS one');
    expect((await client.query('EXECUTE x')).rows).toEqual([{ one: 1 }]);
    await client.query('DEALLOCATE x');
    await expect(client.query('EXECUTE x')).rejects.toBeInstanceOf(Error);
    await expect(client.query('PREPARE x AS DELETE FROM orders; EXECUTE x')).rejects.toMatchObject({
      code: '42501',
    });
    await client.query('PREPARE x AS DELETE FROM orders').catch(() => undefined);
    await expect(client.query('EXECUTE x')).rejects.toBeInstanceOf(Error);
    await client.end();
  });

  it('does not with the function call of the old protocol', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    client.send(
      encodeFunctionCall({ functionOid: 1598, argumentFormats: [], arguments: [], resultFormat: 'text' }),
    );
    expect(errorOf(await client.untilReady()).code).toBe('0A000');
    client.close();
  });

  it('does not with what comes behind a refusal in its batch: all of it is dropped up to Sync', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    const unnamed = { portal: '', statement: '', parameterFormats: [], parameters: [], resultFormats: [] };
    client.send(
      encodeParse('', 'SELECT 1'),
      encodeBind(unnamed),
      encodeDescribe('portal', ''),
      encodeExecute('', 0),
      encodeParse('', 'DELETE FROM orders'),
      encodeBind(unnamed),
      encodeExecute('', 0),
      encodeQuery('SELECT 2'),
      encodeParse('', "INSERT INTO orders VALUES (999, 1, 1, 'x')"),
      encodeBind(unnamed),
      encodeExecute('', 0),
      encodeClose('statement', 'x'),
      encodeFlush(),
      encodeSync(),
      encodeQuery('SELECT 3'),
    );
    expect(await client.shape()).toBe('12TDCEZ');
    expect(await client.shape()).toBe('TDCZ');
    client.close();
  });

  it('does not with COPY data that nobody asked for', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    const smuggled = Buffer.from('DELETE FROM orders\0');
    const copyData = Buffer.concat([Buffer.from('d'), Buffer.alloc(4), smuggled]);
    copyData.writeInt32BE(copyData.length - 1, 1);
    client.send(copyData, Buffer.from([0x63, 0, 0, 0, 4]), encodeQuery('SELECT 1'));
    expect(await client.shape()).toBe('TDCZ');
    client.close();
  });
});

describe('a COPY that tries to get around the policy', () => {
  it('does not by swallowing a query, whose answer and masks the next one would get', async () => {
    const waiting = await WireClient.login(proxy.server.port);
    waiting.client.send(encodeQuery('COPY orders FROM STDIN'));
    await waiting.client.until('G');
    waiting.client.send(encodeQuery('SELECT 1'), encodeQuery('SELECT amount FROM payroll.salaries'));
    const seen = await waiting.client.until('never');
    expect(seen.map(({ type }) => type)).not.toContain('D');
    expect(errorOf(seen).severity).toBe('FATAL');
  });

  it('does not by sending that query before the target asked for data', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    client.send(
      encodeQuery('COPY orders FROM STDIN'),
      encodeQuery('SELECT 1'),
      encodeQuery('SELECT id FROM orders'),
    );
    const seen = await client.until('never');
    expect(seen.map(({ type }) => type)).not.toContain('D');
    expect(seen.map(({ type }) => type)).toContain('E');
  });

  it('does not with a batch of the extended protocol behind it', async () => {
    const { client } = await WireClient.login(proxy.server.port);
    const unnamed = { portal: '', statement: '', parameterFormats: [], parameters: [], resultFormats: [] };
    client.send(
      encodeParse('', 'COPY orders FROM STDIN'),
      encodeBind(unnamed),
      encodeExecute('', 0),
      encodeSync(),
      encodeParse('', 'SELECT 1'),
      encodeBind(unnamed),
      encodeExecute('', 0),
      encodeSync(),
      encodeQuery('SELECT id FROM orders'),
    );
    const seen = await client.until('never');
    expect(seen.map(({ type }) => type)).not.toContain('D');
  });
});

describe('a startup packet that tries to get around the policy', () => {
  const settings: readonly [string, Record<string, string>][] = [
    ['a role in options', { options: '-c role=dba_role' }],
    ['a role as a parameter', { role: 'dba_role' }],
    ['session_authorization', { options: '--session-authorization=dba_role' }],
    ['replication', { replication: 'database' }],
    ['a server switch', { options: '-W 10' }],
    ['a library', { options: '-c shared_preload_libraries=x' }],
  ];
  it.each(settings)('is refused with %s', async (_what, parameters) => {
    const { client, greeting } = await WireClient.login(proxy.server.port, { parameters });
    expect(errorOf(greeting).severity).toBe('FATAL');
    client.close();
  });

  it('is known when it sets the search path: names mean what they mean there', async () => {
    const { client, greeting } = await WireClient.login(proxy.server.port, {
      parameters: { options: '-c search_path=evil,public' },
    });
    expect(greeting.at(-1)?.type).toBe('Z');
    client.send(encodeQuery('SELECT total FROM orders'));
    expect(errorOf(await client.untilReady()).code).toBe('42501');
    client.close();
  });
});
