import type { Step } from '../tour.ts';
import { isRefusedBy } from './refusals.ts';
import { isOnHost } from './sample-files.ts';
import { onWeb } from './ssh-clients.ts';

/** Ways to the same end, each with what the refusal names. */
const WAYS: readonly (readonly [string, string, string])[] = [
  ['plainly', 'rm -rf srv/shop', 'rm -rf srv/shop'],
  ['in a shell of its own', `sh -c 'rm -rf srv/shop'`, 'rm -rf srv/shop'],
  ['behind what is allowed', 'echo before && /bin/rm -rf srv/shop', 'rm -rf srv/shop'],
  ['under another name', 'do=rm; $do -rf srv/shop', 'rm -rf srv/shop'],
  ['by find', 'find srv -name shop -exec rm -rf {} +', 'rm -rf {}'],
];

/** `rm`, however it is written: refused as a whole, before anything of it starts. */
export const deletesNothing: Step = {
  title: 'rm is refused, however it is written, before anything starts',
  async run(tour) {
    for (const [how, command, object] of WAYS) {
      const { stdout, stderr, code } = await onWeb(tour, command);
      tour.check(
        `${how}: exit code 126, the rule in words and as JSON`,
        code === 126 &&
          stderr.includes('open a change request') &&
          isRefusedBy(stderr, 'destructive', object),
      );
      tour.check('nothing of it ran', stdout === '' && isOnHost(tour, 'srv/shop/orders.csv'));
    }
    const shell = await onWeb(tour, 'sh');
    tour.check(
      'and a shell to type it into is closed',
      shell.code === 126 && shell.stderr.includes('"shells"'),
    );
  },
};
