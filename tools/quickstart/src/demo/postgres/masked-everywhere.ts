import type { Step, Tour } from '../tour.ts';
import { leaksIn } from './leaks.ts';

/** Ways to the same columns, each with what psql must have printed. */
const WAYS: readonly (readonly [string, string, string])[] = [
  ['under an alias', 'SELECT email AS name, card AS total FROM customers WHERE id < 4', '(3 rows)'],
  ['in an expression', "SELECT upper(email), 'card: ' || card FROM customers WHERE id < 4", '(3 rows)'],
  ['through a view', 'SELECT * FROM customer_contacts WHERE id < 4', '(3 rows)'],
  ['through a view that renames it', 'SELECT contact FROM big_spenders LIMIT 3', '(3 rows)'],
  [
    'in a CTE and a union',
    'WITH c AS (SELECT email FROM customers) SELECT * FROM c UNION ALL SELECT card FROM customers LIMIT 3',
    '(3 rows)',
  ],
  ['as a row', 'SELECT c FROM customers c LIMIT 3', '(3 rows)'],
  ['as JSON', 'SELECT to_jsonb(c) FROM customers c LIMIT 3', '(3 rows)'],
];

/** The same columns by other ways; masked, or refused, but never seen. */
export const maskedEverywhere: Step = {
  title: 'The same columns by other ways: masked in each',
  async run(tour) {
    for (const [way, query, rows] of WAYS) {
      const { stdout, stderr } = await tour.psql('shop-agent', 'shop', query);
      const answered = stdout.includes(rows);
      const refused = stderr.includes('42501');
      tour.check(
        `${way}: ${answered ? 'rows, masked' : 'refused'}`,
        (answered || refused) && leaksIn(stdout + stderr).length === 0,
      );
    }
    await copyIsMasked(tour);
    await cursorIsMasked(tour);
    await errorIsMasked(tour);
  },
};

async function copyIsMasked(tour: Tour): Promise<void> {
  const { stdout, stderr } = await tour.psql(
    'shop-agent',
    'shop',
    'COPY (SELECT id, email, card FROM customers WHERE id < 4) TO STDOUT',
  );
  const lines = stdout.trimEnd().split('\n');
  tour.check(
    'in COPY TO STDOUT: three lines, masked',
    lines.length === 3 && leaksIn(stdout + stderr).length === 0,
  );
}

async function cursorIsMasked(tour: Tour): Promise<void> {
  const { stdout, stderr } = await tour.psql(
    'shop-agent',
    'shop',
    'BEGIN',
    'DECLARE c CURSOR FOR SELECT email FROM customers ORDER BY id',
    'FETCH 3 FROM c',
    'COMMIT',
  );
  const output = stdout + stderr;
  tour.check(
    'from a cursor: nothing seen',
    leaksIn(output).length === 0 && /\(3 rows\)|42501|0A000/.test(output),
  );
}

async function errorIsMasked(tour: Tour): Promise<void> {
  const { stdout, stderr } = await tour.psql(
    'shop-agent',
    'shop',
    'SELECT email::int FROM customers WHERE id = 1',
  );
  tour.check(
    'in the text of an error: nothing seen',
    /ERROR/.test(stderr) && leaksIn(stdout + stderr).length === 0,
  );
}
