import { sampleCustomer } from '../../stack/sample-rows.ts';
import type { Step } from '../tour.ts';

/** `SELECT ... JOIN`: rows come, e-mail and card are masked. */
export const readsAreMasked: Step = {
  title: 'An agent reads customers and orders: rows come, e-mail and card masked',
  async run(tour) {
    const { stdout, code } = await tour.psql(
      'shop-agent',
      'shop',
      'SELECT c.id, name, email, card, total FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY o.id LIMIT 5',
    );
    const customer = sampleCustomer(2);
    tour.check('psql ends with 0 and five rows', code === 0 && stdout.includes('(5 rows)'));
    tour.check('names are there', stdout.includes(customer.name));
    tour.check(
      'no e-mail address is',
      !stdout.includes(customer.email) && !stdout.includes('@shop.example '),
    );
    tour.check('no card number is', !stdout.includes(customer.card));
  },
};
