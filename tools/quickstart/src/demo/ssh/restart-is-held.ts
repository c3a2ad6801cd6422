import type { Step, Tour } from '../tour.ts';
import { hostFile } from './sample-files.ts';
import { startSsh } from './ssh-clients.ts';

const RESTART = 'systemctl restart shop';
const HOLD_ID = /hld_[0-9A-Za-z]+/;

/** A restart waits until a DBA approves; an approval is for one run of one command. */
export const restartIsHeld: Step = {
  title: 'A restart waits for a DBA; the agent cannot approve it; it runs once; the same again is held again',
  async run(tour) {
    const before = restarts(tour);
    const ssh = startSsh(tour, 'shop-agent', ['web', RESTART]);
    const [hold] = await ssh.until(HOLD_ID);
    tour.say(ssh.written().trimEnd().split('\n')[0] ?? '');
    tour.check('ssh shows the id of the hold, and waits', ssh.written().includes('held for approval'));
    for (const who of ['shop-agent', 'eve']) {
      const { code } = await tour.sallyport(who, 'holds', 'approve', hold);
      tour.check(`${who} cannot approve it`, code !== 0);
    }
    tour.check('nothing was restarted', restarts(tour) === before);
    const approved = await tour.sallyport('dan', 'holds', 'approve', hold, '--comment', 'nobody is shopping');
    tour.check('dan, a DBA, approves', approved.code === 0);
    const result = await ssh.result;
    tour.show('(ssh goes on)', { ...result, stderr: '' });
    tour.check(
      'it runs, once',
      result.code === 0 && result.stdout === 'shop restarted\n' && restarts(tour) === before + 1,
    );
    await heldAgain(tour, hold);
    tour.check('and not again', restarts(tour) === before + 1);
  },
};

async function heldAgain(tour: Tour, first: string): Promise<void> {
  const ssh = startSsh(tour, 'shop-agent', ['web', RESTART]);
  const [second] = await ssh.until(HOLD_ID);
  tour.check('the same restart is held again, under another id', second !== first);
  const rejected = await tour.sallyport('dan', 'holds', 'reject', second, '--comment', 'once is enough');
  tour.check('dan rejects', rejected.code === 0);
  const { stderr, code } = await ssh.result;
  tour.say(
    stderr
      .trimEnd()
      .split('\n')
      .find((line) => line.includes('once is enough')) ?? '',
  );
  tour.check('ssh gets the refusal with what dan said', code === 126 && stderr.includes('once is enough'));
}

/** How often the sample's systemctl has restarted something, as its journal tells. */
function restarts(tour: Tour): number {
  return hostFile(tour, 'srv/shop/journal.log').match(/ restarted$/gm)?.length ?? 0;
}
