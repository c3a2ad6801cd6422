import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { sampleCustomer } from '../../stack/sample-rows.ts';
import type { Step } from '../tour.ts';
import { leaksIn } from './leaks.ts';

const QUERY = 'SELECT id, email, card FROM customers WHERE id = $1';

/** A driver that asks for binary results and binds parameters. */
export const maskedInBinary: Step = {
  title: 'A driver with bound parameters and binary results sees the same masks',
  async run(tour) {
    const client = new Client({
      host: '127.0.0.1',
      port: tour.ports.postgres,
      user: 'agent',
      database: 'shop',
      password: readFileSync(tour.tokenFile('shop-agent'), 'utf8'),
    });
    await client.connect();
    try {
      const query = { text: QUERY, values: [3], binary: true };
      tour.say(`pg.query(${JSON.stringify(query)})`);
      const { rows } = await client.query<{ id: number; email: string; card: string }>(query);
      tour.say(JSON.stringify(rows));
      const [row] = rows;
      tour.check('one row comes, its id is the right one', rows.length === 1 && row?.id === 3);
      tour.check(
        'e-mail and card are masked',
        leaksIn(JSON.stringify(rows)).length === 0 && row?.email !== sampleCustomer(3).email,
      );
    } finally {
      await client.end();
    }
  },
};
