import { describe, expect, it } from '@jest/globals';
import { createMetricsRegistry } from './metrics.ts';
import { startOpsServer, type ReadinessCheck } from './ops-server.ts';

const start = (checks: Record<string, ReadinessCheck>) =>
  startOpsServer({ host: '127.0.0.1', port: 0, registry: createMetricsRegistry('test'), checks });

const get = async (port: number, path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, text: await response.text() };
};

describe('startOpsServer', () => {
  it('is healthy while it runs, ready only when every check holds, and names the one that does not', async () => {
    let connected = false;
    await using ops = await start({ nats: () => connected, spool: async () => true });
    expect((await get(ops.port, '/healthz')).status).toBe(200);
    const before = await get(ops.port, '/readyz');
    expect(before.status).toBe(503);
    expect(JSON.parse(before.text)).toEqual({
      ready: false,
      draining: false,
      checks: { nats: false, spool: true },
    });
    connected = true;
    expect((await get(ops.port, '/readyz?verbose')).status).toBe(200);
  });

  it('counts a check that throws as not ready and does not show what it threw', async () => {
    await using ops = await start({
      database: () => Promise.reject(new Error('password=hunter2')),
    });
    const answer = await get(ops.port, '/readyz');
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('hunter2');
  });

  it('is no longer ready once it drains', async () => {
    await using ops = await start({});
    ops.drain();
    expect((await get(ops.port, '/readyz')).status).toBe(503);
    expect((await get(ops.port, '/healthz')).status).toBe(200);
  });

  it('serves metrics with the name of the service', async () => {
    await using ops = await start({});
    expect((await get(ops.port, '/metrics')).text).toMatch(/process_cpu_seconds_total\{service="test"\}/);
  });

  it('answers nothing else', async () => {
    await using ops = await start({});
    expect((await get(ops.port, '/')).status).toBe(404);
    expect((await get(ops.port, '/healthz', 'POST')).status).toBe(405);
  });

  it('rejects when the port is taken', async () => {
    await using ops = await start({});
    await expect(
      startOpsServer({ host: '127.0.0.1', port: ops.port, registry: createMetricsRegistry('b'), checks: {} }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
