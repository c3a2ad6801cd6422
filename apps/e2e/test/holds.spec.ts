import { describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { call } from './reviewer.ts';
import { askTarget, connect, psql, sallyport, startPsql } from './stack.ts';

interface ListedHold {
  readonly state: { readonly holdId: string; readonly status: string };
  readonly statement: { readonly text: string; readonly parameters?: readonly { readonly text?: string }[] };
}

async function waiting(part: string): Promise<ListedHold> {
  return eventually(`a hold of ${part}`, async () => {
    const { holds = [] } = (await call('ListHolds', {}, 'ada')) as { holds?: readonly ListedHold[] };
    return holds.find(({ statement }) => statement.text.includes(part));
  });
}

const statusOf = async (holdId: string) => {
  const { hold } = (await call('GetHold', { holdId }, 'ada')) as { hold: ListedHold };
  return hold.state.status;
};

const review = (holdId: string, verdict: 'APPROVE' | 'REJECT', who = 'dan') =>
  call('ReviewHold', { holdId, verdict: `VERDICT_${verdict}`, comment: '' }, who) as Promise<{
    code?: string;
  }>;

const orders = async (where: string) => {
  const [row] = await askTarget(`select count(*)::int as n from orders where ${where}`);
  return row?.['n'];
};

describe('a held statement', () => {
  it('runs once it is approved, with exactly the parameters that were shown', async () => {
    const client = await connect();
    const text = "UPDATE orders SET status = 'e2e-held' WHERE id = $1";
    const update = client.query(text, [21]);
    const hold = await waiting('e2e-held');
    expect(hold.statement.parameters?.map((parameter) => parameter.text)).toEqual(['21']);
    expect(await orders("status = 'e2e-held'")).toBe(0);
    await review(hold.state.holdId, 'APPROVE');
    expect((await update).rowCount).toBe(1);
    expect(await orders("status = 'e2e-held'")).toBe(1);

    // The same text with another parameter is another statement.
    const other = client.query(text, [22]).catch((error: unknown) => error);
    const second = await waiting('e2e-held');
    expect(second.state.holdId).not.toBe(hold.state.holdId);
    await review(second.state.holdId, 'REJECT');
    expect(await other).toMatchObject({ code: '42501' });
    expect(await orders("status = 'e2e-held'")).toBe(1);
    await client.end();
  });

  it('is withdrawn when psql is interrupted, and can no longer be approved', async () => {
    const running = startPsql('shop-agent', "DELETE FROM orders WHERE item = 'interrupted'");
    const { state } = await waiting('interrupted');
    running.interrupt();
    await running.exitCode;
    expect(running.output()).toMatch(/ERROR|Cancel request sent/);
    await eventually(
      'the withdrawal',
      async () => (await statusOf(state.holdId)) === 'HOLD_STATUS_WITHDRAWN',
    );
    expect(await review(state.holdId, 'APPROVE')).toHaveProperty('code');
  });

  it('is withdrawn when the caller disconnects', async () => {
    const client = await connect();
    client.on('error', () => undefined);
    const query = client.query("DELETE FROM orders WHERE item = 'hung up'").catch((error: unknown) => error);
    const { state } = await waiting('hung up');
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await eventually(
      'the withdrawal',
      async () => (await statusOf(state.holdId)) === 'HOLD_STATUS_WITHDRAWN',
    );
    expect(await query).toBeInstanceOf(Error);
  });

  it('is not approved by the one who asked, who may approve for others', async () => {
    const truncate = psql('dan', 'shop', 'CREATE TABLE scratch_e2e (id int)', 'DROP TABLE scratch_e2e');
    const { state } = await waiting('scratch_e2e');
    const own = await sallyport('dan', 'holds', 'approve', state.holdId);
    expect(own.code).toBe(4);
    expect(own.stderr).toMatch(/their own statement/);
    const other = await sallyport('ada', 'holds', 'approve', state.holdId);
    expect(other).toMatchObject({ code: 0 });
    expect(await truncate).toMatchObject({ code: 0, stdout: 'CREATE TABLE\nDROP TABLE\n' });
  });
});
