import type { Step, Tour } from '../tour.ts';
import { countOrders, ORDER_ID } from './restore-shop.ts';

const DELETE = `DELETE FROM orders WHERE id = ${ORDER_ID}`;
const HOLD_ID = /hld_[0-9A-Za-z]+/;

/** A DELETE waits on the wire until a DBA approves; an approval is for one run of one statement. */
export const changeIsHeld: Step = {
  title: 'A DELETE waits for a DBA; the agent cannot approve it; one row goes; the same again is held again',
  async run(tour) {
    const psql = tour.startPsql('shop-agent', 'shop', DELETE);
    const [hold] = await psql.until(HOLD_ID);
    tour.say(psql.written().trimEnd().split('\n')[0] ?? '');
    tour.check('psql shows a NOTICE with the id of the hold, and waits', psql.written().includes('NOTICE'));
    await nobodyElseCanApprove(tour, hold);
    tour.check('the row is still there', (await countOrders(tour)) === 1);
    const approved = await tour.sallyport(
      'dan',
      'holds',
      'approve',
      hold,
      '--comment',
      'checked with the customer',
    );
    tour.check('dan, a DBA, approves', approved.code === 0);
    const result = await psql.result;
    tour.show('(psql goes on)', { ...result, stderr: '' });
    tour.check('one row goes', result.stdout.includes('DELETE 1') && (await countOrders(tour)) === 0);
    await heldAgain(tour, hold);
  },
};

async function nobodyElseCanApprove(tour: Tour, hold: string): Promise<void> {
  for (const who of ['shop-agent', 'eve']) {
    const { code } = await tour.sallyport(who, 'holds', 'approve', hold);
    tour.check(`${who} cannot approve it`, code !== 0);
  }
}

async function heldAgain(tour: Tour, first: string): Promise<void> {
  const psql = tour.startPsql('shop-agent', 'shop', DELETE);
  const [second] = await psql.until(HOLD_ID);
  tour.check('the same DELETE is held again, under another id', second !== first);
  const rejected = await tour.sallyport('dan', 'holds', 'reject', second, '--comment', 'once is enough');
  tour.check('dan rejects', rejected.code === 0);
  const { stderr } = await psql.result;
  tour.say(
    stderr
      .trimEnd()
      .split('\n')
      .find((line) => line.includes('ERROR')) ?? '',
  );
  tour.check(
    'psql gets the refusal with what dan said',
    stderr.includes('42501') && stderr.includes('once is enough'),
  );
}
