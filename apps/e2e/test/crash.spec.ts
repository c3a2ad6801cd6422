import { describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { join } from 'node:path';
import { connect, processes, psql, sallyport, stack } from './stack.ts';

/** Ends one process of the stack as a crash does; the supervisor starts it again. */
function kill(name: string): number {
  const pid = processes()[name] ?? 0;
  process.kill(pid, 'SIGKILL');
  return pid;
}

const back = (name: string, before: number) =>
  eventually(`the restart of ${name}`, () => (processes()[name] ?? before) !== before, { timeoutMs: 60_000 });

/** Waits until `sallyport verify` finds the session's recording whole. */
async function wholeRecording(session: string): Promise<void> {
  const file = join(stack.stateDir, `${session}-${Date.now()}.recording`);
  await eventually(
    `a whole recording of ${session}`,
    async () => {
      const { code, stdout, stderr } = await sallyport('ada', 'verify', session, '--whole');
      if (code !== 0) throw new Error(stdout + stderr);
      return true;
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  expect((await sallyport('ada', 'sessions', 'download', session, file)).code).toBe(0);
}

const sessionOf = (error: unknown): string => {
  const detail = JSON.parse((error as { detail: string }).detail) as { requestId: string };
  return detail.requestId.replace(/-\d+$/, '');
};

describe('a crash', () => {
  it('of the control plane fails closed for new sessions and old ones, and both work again after it', async () => {
    const client = await connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    const before = kill('control-plane');
    const refused = await psql('shop-agent', 'shop', 'SELECT 1');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/control_plane_unavailable/);
    await back('control-plane', before);
    await eventually('new sessions', async () => (await psql('shop-agent', 'shop', 'SELECT 1')).code === 0, {
      timeoutMs: 30_000,
      intervalMs: 200,
    });
    await eventually(
      'the old session',
      async () => (await client.query('SELECT 1 AS one')).rows.length === 1,
      { timeoutMs: 30_000 },
    );
    await client.end();
  }, 120_000);

  it('of the recorder loses nothing: the session goes on and its recording is whole', async () => {
    const client = await connect();
    await client.query('SELECT count(*) FROM orders');
    const before = kill('recorder');
    for (let index = 0; index < 50; index += 1)
      await client.query(`SELECT ${index}, item FROM orders WHERE id = ${index + 10}`);
    const refusal = await client.query('DROP TABLE orders').catch((error: unknown) => error);
    await client.end();
    await back('recorder', before);
    await wholeRecording(sessionOf(refusal));
  }, 120_000);

  it('of the target tells the caller, and the recording is whole', async () => {
    const client = await connect();
    const ended = new Promise((resolve) => client.on('error', resolve));
    const refusal = await client.query('DROP TABLE orders').catch((error: unknown) => error);
    const before = kill('postgres');
    await ended;
    await back('postgres', before);
    await eventually(
      'new sessions',
      async () => (await psql('shop-agent', 'shop', 'SELECT count(*) FROM orders')).code === 0,
      { timeoutMs: 30_000, intervalMs: 200 },
    );
    await wholeRecording(sessionOf(refusal));
  }, 120_000);
});
