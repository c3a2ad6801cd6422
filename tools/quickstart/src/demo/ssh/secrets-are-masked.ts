import { readFileSync } from 'node:fs';
import { SAMPLE_API_KEY } from '../../stack/sample-host.ts';
import { sampleCustomer } from '../../stack/sample-rows.ts';
import { givesTerminals } from '../../stack/terminals.ts';
import { downloadSealed, newestSession } from '../sessions.ts';
import type { Step } from '../tour.ts';
import { hostFile } from './sample-files.ts';
import { onWeb, runSsh } from './ssh-clients.ts';

const FILE = 'srv/shop/settings.env';
const SECRETS = [SAMPLE_API_KEY, sampleCustomer(1).email];

/** Keys and addresses in what programs print: found by their form, masked on the way, and in the recording. */
export const secretsAreMasked: Step = {
  title: 'A secret that a program prints is masked on its way, in pipes and terminals, and in the recording',
  async run(tour) {
    tour.check(
      'the file on the host has a key and an address',
      SECRETS.every((text) => hostFile(tour, FILE).includes(text)),
    );
    const whole = await onWeb(tour, `cat ${FILE}`);
    tour.check(
      'the rest of it comes',
      whole.code === 0 && whole.stdout.includes('SHOP_PORT=8080\nPAYMENT_KEY='),
    );
    tour.check('they do not', leaksIn(whole.stdout).length === 0);
    const file = await downloadSealed(tour, await newestSession(tour, 'shop-agent', 'web'));
    const recorded = readFileSync(file, 'latin1');
    tour.check(
      'nor are they in the recording',
      recorded.includes('SHOP_PORT') && leaksIn(recorded).length === 0,
    );
    const found = await onWeb(tour, `grep -h KEY ${FILE} | head -n 1`);
    tour.check(
      'nor through a pipe',
      found.stdout.includes('PAYMENT_KEY=') && leaksIn(found.stdout).length === 0,
    );
    if (!givesTerminals()) return;
    const shown = await runSsh(tour, 'shop-agent', 'ssh', ['-tt', 'web', `cat ${FILE}`]);
    tour.check(
      'nor in a terminal',
      shown.stdout.includes('PAYMENT_KEY=') && leaksIn(shown.stdout).length === 0,
    );
  },
};

function leaksIn(text: string): readonly string[] {
  return SECRETS.filter((secret) => text.includes(secret));
}
