import { writeFileSync } from 'node:fs';
import type { Step, Tour } from '../tour.ts';
import { hostFile } from './sample-files.ts';
import { onWeb, sshWithPassword } from './ssh-clients.ts';

/** Reads with an unchanged ssh, let in by a certificate and by a token. */
export const looksAround: Step = {
  title: 'An agent looks around with ssh: files, pipes and exit codes as without Sallyport',
  async run(tour) {
    const list = await onWeb(tour, 'ls srv/shop');
    tour.check('files are listed', list.code === 0 && list.stdout.includes('orders.csv'));
    const file = await onWeb(tour, 'cat srv/shop/orders.csv');
    tour.check('a file comes byte for byte', file.stdout === hostFile(tour, 'srv/shop/orders.csv'));
    const piped = await onWeb(tour, 'cat srv/shop/access.log | grep 404');
    tour.check('a pipe works', piped.code === 0 && piped.stdout.split('\n').length === 2);
    const missing = await onWeb(tour, 'ls srv/nowhere');
    tour.check(
      "what fails fails with the program's own code and words",
      missing.code === 2 && missing.stderr.includes('nowhere'),
    );
    const outside = await onWeb(tour, 'cat ../authorized-keys');
    tour.check(
      'what no rule covers is refused',
      outside.code === 126 && outside.stderr.includes('no_rule_covers'),
    );
    await passwords(tour);
  },
};

async function passwords(tour: Tour): Promise<void> {
  const token = await sshWithPassword(tour, 'the token as password', tour.tokenFile('shop-agent'), 'id');
  tour.check('a token is a password', token.code === 0 && token.stdout.startsWith('uid='));
  const wrongFile = tour.state.file('tour', 'wrong-token');
  writeFileSync(wrongFile, 'a token that nobody gave\n');
  const wrong = await sshWithPassword(tour, 'a wrong token', wrongFile, 'id');
  tour.check(
    'a wrong one is not, and says so',
    wrong.code === 255 && wrong.stdout === '' && wrong.stderr.includes('token_invalid'),
  );
  const closed = await sshWithPassword(tour, "eve's token", tour.tokenFile('eve'), 'id');
  tour.check(
    'nor is that of somebody whom no policy lets in',
    closed.code === 255 && closed.stderr.includes('target_not_available'),
  );
}
