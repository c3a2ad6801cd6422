import { encodeQuery, encodeTerminate } from '@sallyport/codec-postgres';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';
import { WireClient } from './support/wire-client.ts';

const SESSIONS = 500;
/** Logins under way at one time; the server hashes a password for each. */
const AT_ONCE = 25;
/** Of the proxy's session together with the test's own end of it, which lives in the same process. */
const MAX_BYTES_PER_SESSION = 128 * 1024;
const MAX_BYTES_LEFT_PER_SESSION = 8 * 1024;

let proxy: ProxyFixture;
beforeAll(async () => {
  proxy = await ProxyFixture.start({
    schema: SHOP,
    policies: AGENTS,
    settings: { max_connections: SESSIONS + 20, shared_buffers: '16MB' },
  });
}, 60_000);
afterAll(async () => {
  await proxy.stop();
});

/** Sessions that said something once, so that each has all that a session can have. */
async function open(count: number): Promise<WireClient[]> {
  const clients: WireClient[] = [];
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - clients.length) }, async () => {
      const { client } = await WireClient.login(proxy.server.port);
      client.send(encodeQuery('SELECT id, note FROM orders WHERE id = 1'));
      expect(await client.shape()).toBe('TDCZ');
      return client;
    });
    clients.push(...(await Promise.all(batch)));
  }
  return clients;
}

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use, garbage taken away: JavaScript's own and what it holds outside. */
function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function latencies(count: number): Promise<{ medianMs: number; longestMs: number }> {
  const client = await proxy.connect();
  const times: number[] = [];
  for (let run = 0; run < count; run++) {
    const startedMs = performance.now();
    await client.query('SELECT id, note FROM orders WHERE id = 2');
    times.push(performance.now() - startedMs);
  }
  await client.end();
  times.sort((a, b) => a - b);
  return { medianMs: times[Math.floor(count / 2)] ?? NaN, longestMs: times.at(-1) ?? NaN };
}

describe('five hundred idle sessions', () => {
  it('cost little memory, slow nobody down, and all end cleanly', async () => {
    proxy.spool.keep = false;
    // What is made once and kept, whoever comes, is there before anything is measured.
    for (const client of await open(4 * AT_ONCE)) client.send(encodeTerminate());
    await eventually('they are gone', () => proxy.server.openSessions === 0);
    await latencies(50);
    const alone = await latencies(200);
    const before = bytesInUse();

    const openedMs = performance.now();
    const clients = await open(SESSIONS);
    const openingMs = performance.now() - openedMs;
    expect(proxy.server.openSessions).toBe(SESSIONS);
    const bytesPerSession = (bytesInUse() - before) / SESSIONS;
    const beside = await latencies(200);

    proxy.spool.keep = true;
    for (const client of clients) client.send(encodeTerminate());
    await eventually('every session is over', () => proxy.server.openSessions === 0, { timeoutMs: 15_000 });
    await eventually('the target is rid of them', async () => {
      const [row] = await proxy.postgres.query(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE 'sallyport ana%'",
      );
      return row?.['n'] === 0;
    });
    expect(clients.every(({ closed }) => closed)).toBe(true);
    const reasons = proxy.events.flatMap(({ body }) =>
      body.case === 'sessionClosed' ? [body.value.reason] : [],
    );
    expect(reasons).toEqual(Array.from({ length: SESSIONS }, () => 'client_closed'));
    expect(proxy.logs.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([]);
    // What the test itself keeps of them.
    for (const kept of [clients, proxy.events, proxy.spool.records, proxy.logs]) kept.length = 0;
    const leftPerSession = () => (bytesInUse() - before) / SESSIONS;
    await eventually('their memory is free again', () => leftPerSession() < MAX_BYTES_LEFT_PER_SESSION);

    process.stdout.write(
      `${SESSIONS} sessions opened in ${(openingMs / 1000).toFixed(1)} s, ${(bytesPerSession / 1024).toFixed(0)} KiB each; ` +
        `a query takes ${alone.medianMs.toFixed(2)} ms alone (longest ${alone.longestMs.toFixed(1)}), ${beside.medianMs.toFixed(2)} ms beside them (longest ${beside.longestMs.toFixed(1)})\n`,
    );
    expect(bytesPerSession).toBeLessThan(MAX_BYTES_PER_SESSION);
    expect(beside.medianMs).toBeLessThan(alone.medianMs * 3 + 2);
  }, 60_000);
});
