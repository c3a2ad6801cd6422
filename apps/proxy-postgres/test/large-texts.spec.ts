import { HoldStatus } from '@sallyport/contracts/dataplane';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { inspectSql } from '@sallyport/sql-inspect';
import type { Client, DatabaseError } from 'pg';
import { catalogReader } from '../src/stages/classify/load-catalog.ts';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { MASKED_AGENTS, SHOP } from './support/shop.ts';

const KIB = 1024;
let proxy: ProxyFixture;
let client: Client;
beforeAll(async () => {
  proxy = await ProxyFixture.start({ schema: SHOP, policies: MASKED_AGENTS });
  client = await proxy.connect();
});
afterAll(async () => {
  await client.end();
  await proxy.stop();
});

/** A statement behind as much as makes it a text for the other thread. */
const behind = (statement: string, bytes = 100 * KIB) => `/* ${'x'.repeat(bytes)} */ ${statement}`;

const refusal = async (run: Promise<unknown>): Promise<DatabaseError> => {
  const outcome: unknown = await run.catch((error: unknown) => error);
  return outcome as DatabaseError;
};

describe('a large text', () => {
  it.each([undefined, 'extended'])('is understood as a small one is (protocol: %p)', async (queryMode) => {
    const run = (text: string) => {
      const asked = { text, queryMode };
      return client.query<Record<string, unknown>>(asked);
    };
    expect((await run(behind('SELECT id, email FROM customers WHERE id = 1'))).rows).toEqual([
      { id: 1, email: '[redacted]' },
    ]);
    expect((await refusal(run(behind('DROP TABLE orders')))).code).toBe('42501');
    expect((await refusal(run(behind('SELECT * FROM payroll.salaries')))).message).toContain('payroll');
    expect((await refusal(run(behind('SELEC 1')))).code).toBe('42000');
    expect((await run('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 20 }]);
  });

  it('knows the session’s own names, settings and tables', async () => {
    await client.query('PREPARE mine AS SELECT email FROM customers WHERE id = 1');
    expect((await client.query(behind('EXECUTE mine'))).rows).toEqual([{ email: '[redacted]' }]);
    await client.query('CREATE TEMP TABLE orders (email text)');
    await client.query("INSERT INTO orders VALUES ('shadow')");
    expect((await client.query(behind('SELECT email FROM orders'))).rows).toEqual([{ email: 'shadow' }]);
    expect((await refusal(client.query(behind('SELECT total FROM orders')))).code).toBe('42000');
    await client.query('DISCARD TEMP').catch(() => undefined);
    await client.end();
    client = await proxy.connect();
  });

  it('is held, inspected again when it is approved, and runs once', async () => {
    const waiting = client.query(behind('DELETE FROM orders WHERE id = 20'));
    const hold = await eventually('it is held', () => proxy.controlPlane.holds.at(-1));
    proxy.controlPlane.settle(hold.id, HoldStatus.APPROVED);
    expect((await waiting).rowCount).toBe(1);
  });

  it('is one of many statements too, and is decided on for each different thing that it does', async () => {
    const script = Array.from({ length: 3_000 }, (_, index) => `SELECT ${index}`).join(';');
    expect(await client.query(script)).toHaveLength(3_000);
    const { message } = await refusal(client.query(`${script}; SELECT id FROM payroll.salaries`));
    expect(message).toContain('payroll');
    expect((await refusal(client.query('SELECT 1;'.repeat(6_000)))).message).toContain('too complex');
  });

  it('of more than a megabyte is refused at once, and recorded by its beginning', async () => {
    proxy.spool.records.length = 0;
    const text = `SELECT 'password' /* ${'y'.repeat(8_000 * KIB)} */`;
    const startedMs = performance.now();
    expect((await refusal(client.query(text))).code).toBe('54000');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(proxy.recordedText()).toContain('characters, not inspected]');
    expect(proxy.recordedText().length).toBeLessThan(64 * KIB);
  });
});

describe('while one session sends statements of a megabyte', () => {
  const values = Array.from({ length: 43_000 }, (_, index) => `(${1000 + index}, 1, 1, 'note')`).join();
  const heavy = [
    `SELECT id FROM orders WHERE id IN (${Array.from({ length: 145_000 }, (_, index) => 100_000 + index).join()})`,
    `SELECT count(*) FROM (VALUES ${values}) v`,
    Array.from(
      { length: 4_900 },
      (_, index) => `SELECT id, total FROM orders WHERE id = ${index} AND note <> 'x'`,
    ).join(';'),
  ];

  /** What inspecting one of them takes: how long all sessions would stand still for it. */
  async function inspectionMs(text: string): Promise<number> {
    const direct = await proxy.postgres.connect();
    const catalog = await catalogReader.load(async (sql) => {
      await direct.query('SET search_path = pg_catalog');
      return (await direct.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows;
    });
    await direct.end();
    const environment = { catalog, searchPath: ['public'], currentUser: 'postgres' };
    const times = [1, 2].map(() => {
      const startedMs = performance.now();
      expect(inspectSql(text, environment).ok).toBe(true);
      return performance.now() - startedMs;
    });
    return Math.min(...times);
  }

  it('another one is answered as always', async () => {
    const standstillMs = Math.min(...(await Promise.all(heavy.map(inspectionMs))));
    const other = await proxy.connect();
    await other.query('SELECT 1');
    const work = { sending: true };
    let sent = 0;
    const busy = (async () => {
      while (work.sending) {
        await client.query(heavy[sent % heavy.length] ?? '');
        sent++;
      }
    })();
    const latencies: number[] = [];
    const untilMs = performance.now() + 25_000;
    while (sent < 8 && performance.now() < untilMs) {
      const startedMs = performance.now();
      await other.query('SELECT id FROM orders WHERE id = 1');
      latencies.push(performance.now() - startedMs);
    }
    work.sending = false;
    await busy;
    await other.end();
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? Infinity;
    const slow = latencies.filter((ms) => ms > standstillMs * 0.8).length;
    process.stdout.write(
      `${sent} statements of 1 MB (each at least ${standstillMs.toFixed(0)} ms to inspect) beside ${latencies.length} ` +
        `small ones: median ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, longest ${at(1).toFixed(0)} ms, ${slow} slow\n`,
    );
    expect(at(0.5)).toBeLessThan(20);
    // Inspected on the thread that serves everybody, each of them would hold up one answer.
    expect(slow).toBeLessThan(sent / 2);
  }, 60_000);
});
