import { sampleCustomer } from '../../stack/sample-rows.ts';
import type { Step } from '../tour.ts';
import { leaksIn } from './leaks.ts';

const QUERY =
  'SELECT c.id, name, email, card, total FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id LIMIT 4';

/** `SELECT ... JOIN`: rows come, e-mail and card are masked. */
export const readsAreMasked: Step = {
  title: 'An agent reads customers and orders: rows come, e-mail and card masked',
  async run(tour) {
    const { stdout, code } = await tour.psql('shop-agent', 'shop', QUERY);
    tour.check('psql ends with 0 and four rows', code === 0 && stdout.includes('(4 rows)'));
    tour.check('names are there', stdout.includes(sampleCustomer(2).name));
    tour.check('e-mail addresses and card numbers are not', leaksIn(stdout).length === 0);
    tour.check('something masked stands in their place', stdout.includes('***'));
  },
};
