import { readFileSync } from 'node:fs';
import type { Step } from '../tour.ts';
import { leaksIn } from './leaks.ts';
import { ASK_FOR_ID } from './ask-for-id.ts';
import { downloadSealed, sessionIn } from '../sessions.ts';

/** Everything that one session did, as its recording tells it. */
export const replay: Step = {
  title: 'The recording of a session shows every statement, decision and masked result',
  async run(tour) {
    const { stderr } = await tour.psql(
      'shop-agent',
      'shop',
      'SELECT id, email FROM customers WHERE id = 5',
      'DROP TABLE orders',
      ASK_FOR_ID,
    );
    const session = sessionIn(stderr);
    const file = await downloadSealed(tour, session);
    const shown = await tour.sallyport('ada', 'sessions', 'replay', session);
    const own = await tour.sallyportQuietly('shop-agent', 'sessions', 'replay', session);
    const other = await tour.sallyportQuietly('eve', 'sessions', 'replay', session);
    tour.check(
      'each of the three statements is there',
      ['FROM customers', 'DROP TABLE', 'payroll.salaries'].every((text) => shown.stdout.includes(text)),
    );
    tour.check(
      'with the rules that refused',
      shown.stdout.includes('schema') && shown.stdout.includes('payroll'),
    );
    tour.check(
      'and the result as the agent saw it: masked',
      shown.stdout.includes('***') && leaksIn(shown.stdout).length === 0,
    );
    const bytes = readFileSync(file, 'latin1');
    tour.check(
      'no personal data and no token is anywhere in the file',
      leaksIn(bytes).length === 0 && !bytes.includes(readFileSync(tour.tokenFile('shop-agent'), 'utf8')),
    );
    tour.check('the agent may see its own session, eve may not', own.code === 0 && other.code !== 0);
  },
};
