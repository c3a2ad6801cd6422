import { HoldStatus } from '@sallyport/contracts/dataplane';
import { HoldOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';

let proxy: ProxyFixture;
beforeAll(async () => {
  proxy = await ProxyFixture.start({ schema: SHOP, policies: AGENTS });
});
afterAll(() => proxy.stop());
beforeEach(() => {
  proxy.events.length = 0;
  proxy.controlPlane.holds.length = 0;
});

const newHold = () => eventually('a hold is made', () => proxy.controlPlane.holds.at(-1));
const has = async (id: number) =>
  (await proxy.postgres.query(`SELECT id FROM orders WHERE id = ${id}`)).length === 1;

describe('a held statement', () => {
  it('waits on the wire, tells psql its hold at once, and runs once when approved', async () => {
    const waiting = proxy.psql(['-c', 'DELETE FROM orders WHERE id = 7']);
    const hold = await newHold();
    expect(hold.statement.text).toBe('DELETE FROM orders WHERE id = 7');
    expect(await has(7)).toBe(true);
    proxy.controlPlane.settle(hold.id, HoldStatus.APPROVED);
    const result = await waiting;
    expect(result.code).toBe(0);
    expect(result.err).toContain(`NOTICE:  sallyport: held for approval by rule "changes", id ${hold.id}`);
    expect(result.err).toContain('sallyport holds approve');
    expect(await has(7)).toBe(false);
    const kinds = proxy.events.map(({ body }) => body.case);
    expect(kinds.indexOf('holdSettled')).toBeGreaterThan(kinds.indexOf('holdCreated'));
  });

  it('is not run when it is rejected, and the reviewer is heard', async () => {
    const waiting = proxy.psql(['-c', 'DELETE FROM orders WHERE id = 8']);
    const hold = await newHold();
    proxy.controlPlane.settle(hold.id, HoldStatus.REJECTED, 'not on a Friday');
    const result = await waiting;
    expect(result.code).toBe(1);
    expect(result.err).toContain('dora rejected the statement: not on a Friday');
    expect(await has(8)).toBe(true);
  });

  it('is held again when it is sent again: an approval runs once', async () => {
    const client = await proxy.connect();
    const first = client.query('DELETE FROM orders WHERE id = 9');
    proxy.controlPlane.settle((await newHold()).id, HoldStatus.APPROVED);
    await first;
    const second = client.query('DELETE FROM orders WHERE id = 9').catch((error: unknown) => error);
    await eventually('it is held again', () => proxy.controlPlane.holds.length === 2);
    proxy.controlPlane.settle('hold-2', HoldStatus.TIMED_OUT);
    expect(await second).toMatchObject({ code: '57014' });
    await client.end();
  });

  it('shows the reviewer its parameters, and is bound to them', async () => {
    const client = await proxy.connect();
    const waiting = client.query({ text: 'DELETE FROM orders WHERE id = $1', values: [10] });
    const hold = await newHold();
    expect(hold.statement.parameters).toHaveLength(1);
    expect(hold.statement.parameters[0]?.value).toEqual({ case: 'text', value: '10' });
    const other = client.query({ text: 'SELECT 1' });
    proxy.controlPlane.settle(hold.id, HoldStatus.APPROVED);
    expect((await waiting).rowCount).toBe(1);
    await other;
    await client.end();
  });

  it('is taken back when the caller cancels', async () => {
    const client = await proxy.connect();
    const waiting = client.query('DELETE FROM orders WHERE id = 11').catch((error: unknown) => error);
    const hold = await newHold();
    await cancel(client);
    expect(await waiting).toMatchObject({ code: '57014' });
    expect(proxy.controlPlane.holds.find(({ id }) => id === hold.id)?.state.status).toBe(
      HoldStatus.WITHDRAWN,
    );
    expect(await has(11)).toBe(true);
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('is taken back when the caller goes away', async () => {
    const client = await proxy.connect();
    client.query('DELETE FROM orders WHERE id = 12').catch(() => undefined);
    const hold = await newHold();
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await eventually('it is withdrawn', () => hold.state.status === HoldStatus.WITHDRAWN);
    await eventually('it is recorded', () =>
      proxy.events.some(
        ({ body }) => body.case === 'holdSettled' && body.value.outcome === HoldOutcome.WITHDRAWN,
      ),
    );
    expect(await has(12)).toBe(true);
  });

  it('is not run when the policy changed while it waited', async () => {
    const client = await proxy.connect();
    const waiting = client.query('DELETE FROM orders WHERE id = 13').catch((error: unknown) => error);
    const hold = await newHold();
    proxy.controlPlane.apply(AGENTS.replace('timeout: 2m', 'timeout: 3m'));
    proxy.controlPlane.settle(hold.id, HoldStatus.APPROVED);
    expect(await waiting).toMatchObject({ code: '42501' });
    expect(await has(13)).toBe(true);
    proxy.controlPlane.apply(AGENTS);
    await client.end();
  });

  it('is not run when what it would do changed while it waited', async () => {
    await proxy.postgres.query('CREATE VIEW chosen AS SELECT id FROM orders WHERE id = 16');
    const client = await proxy.connect();
    const waiting = client.query('DELETE FROM chosen').catch((error: unknown) => error);
    const hold = await newHold();
    await proxy.postgres.query('CREATE OR REPLACE VIEW chosen AS SELECT id FROM customers');
    proxy.controlPlane.settle(hold.id, HoldStatus.APPROVED);
    expect(await waiting).toMatchObject({
      code: '42501',
      message: expect.stringContaining('changed while it waited'),
    });
    expect(await proxy.postgres.query('SELECT count(*)::int AS n FROM customers')).toEqual([{ n: 2 }]);
    await client.end();
  });

  it('ends when the session is locked', async () => {
    const client = await proxy.connect();
    const waiting = client.query('DELETE FROM orders WHERE id = 14').catch((error: unknown) => error);
    const hold = await newHold();
    proxy.controlPlane.endSessions('locked', 'A lock ended this session.');
    expect(await waiting).toBeInstanceOf(Error);
    await eventually('it is withdrawn', () => hold.state.status === HoldStatus.WITHDRAWN);
    expect(await has(14)).toBe(true);
  });

  it('prepared in one batch and run in another is held when it is to run', async () => {
    const client = await proxy.connect();
    const waiting = client.query({ name: 'del', text: 'DELETE FROM orders WHERE id = $1', values: [15] });
    proxy.controlPlane.settle((await newHold()).id, HoldStatus.REJECTED);
    await waiting.catch(() => undefined);
    expect(await has(15)).toBe(true);
    await client.end();
  });
});

async function cancel(client: Awaited<ReturnType<ProxyFixture['connect']>>): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const { connect } = await import('node:net');
  const socket = connect(proxy.server.port, '127.0.0.1');
  const packet = Buffer.alloc(16);
  packet.writeInt32BE(16, 0);
  packet.writeInt32BE(80_877_102, 4);
  packet.writeInt32BE(processID, 8);
  packet.writeInt32BE(secretKey, 12);
  socket.end(packet);
  await new Promise((resolve) => socket.once('close', resolve));
}
