import type { Step } from '../tour.ts';
import { queryTarget } from './restore-shop.ts';

/** DROP TABLE, alone and behind a SELECT: refused so that people and programs can read why. */
export const schemaIsClosed: Step = {
  title: 'DROP TABLE is refused, alone and behind a SELECT; nothing runs, and the session goes on',
  async run(tour) {
    const { stdout, stderr } = await tour.psql(
      'shop-agent',
      'shop',
      'DROP TABLE orders',
      "SELECT 'first' AS ran; DROP TABLE orders",
      "SELECT 'the session goes on' AS still",
    );
    tour.check('refused twice with SQLSTATE 42501', stderr.match(/ERROR: {2}42501:/g)?.length === 2);
    tour.check(
      'by the rule "schema", with its message',
      stderr.includes('"schema"') && stderr.includes('change request'),
    );
    tour.check('DETAIL is JSON with code, rule, object and what to do next', detailIsComplete(stderr));
    tour.check('the SELECT before the second DROP did not run either', !stdout.includes('first'));
    tour.check('the session goes on', stdout.includes('the session goes on'));
    const [row] = await queryTarget(tour, "select to_regclass('orders') is not null as there");
    tour.check('the table is still there', row?.['there'] === true);
  },
};

function detailIsComplete(stderr: string): boolean {
  const details = [...stderr.matchAll(/^DETAIL: {2}(\{.*\})$/gm)].map(([, json = '']) => parse(json));
  return (
    details.length === 2 &&
    details.every(
      (detail) =>
        detail['code'] === 'denied_by_rule' &&
        detail['rule'] === 'schema' &&
        detail['object'] === 'public.orders' &&
        typeof detail['next'] === 'string' &&
        typeof detail['requestId'] === 'string',
    )
  );
}

function parse(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return {}; // The check then says what is missing.
  }
}
