import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { rejectEverything } from './reviewer.ts';
import { askTarget, connect, psql } from './stack.ts';

/**
 * Ways around the door, each through real psql as the agent. None may change the shop, show
 * personal data or read payroll. This list only grows.
 */
const BYPASSES: readonly (readonly [string, readonly string[]])[] = [
  ['a DELETE behind a comment', ['/* SELECT 1 */ DELETE FROM orders']],
  ['a DELETE behind a nested comment', ['/* /* */ DELETE FROM orders */ TRUNCATE orders']],
  ['a DELETE in a CTE', ['WITH d AS (DELETE FROM orders RETURNING *) SELECT count(*) FROM d']],
  ['a CTE that is named like a harmless one', ['WITH "select" AS (TRUNCATE orders) SELECT 1']],
  ['EXPLAIN ANALYZE', ['EXPLAIN ANALYZE DELETE FROM payroll.salaries']],
  ['a DO block', ["DO $$ BEGIN EXECUTE 'DELETE FROM orders'; END $$"]],
  ['dynamic SQL in a dollar quote', ["DO $x$ BEGIN EXECUTE format('DROP TABLE %I', 'orders'); END $x$"]],
  ['a function with a side effect', ['SELECT cancel_order(8)']],
  [
    'that function, deep in an expression',
    ['SELECT count(*) FROM orders WHERE (SELECT cancel_order(id) IS NULL) AND id < 3'],
  ],
  ['EXECUTE of what was prepared', ['PREPARE p AS SELECT * FROM payroll.salaries', 'EXECUTE p']],
  ['COPY of a DELETE', ['COPY (DELETE FROM orders RETURNING *) TO STDOUT']],
  ['COPY FROM', ["COPY orders FROM PROGRAM 'echo 1'"]],
  ['COPY TO a program', ["COPY customers TO PROGRAM 'cat > /tmp/stolen'"]],
  ['query_to_xml', ["SELECT query_to_xml('SELECT * FROM payroll.salaries', true, true, '')"]],
  ['table_to_xml', ["SELECT table_to_xml('customers', true, true, '')"]],
  ['another role', ['SET ROLE postgres', 'SELECT * FROM payroll.salaries']],
  ['another role by function', ["SELECT set_config('role', 'postgres', false)", 'TABLE payroll.salaries']],
  ['search_path', ['SET search_path = payroll', 'SELECT * FROM salaries']],
  [
    'search_path by function',
    ["SELECT set_config('search_path', 'payroll', false)", 'SELECT * FROM salaries'],
  ],
  ['a temporary table in front of a real one', ['CREATE TEMP TABLE orders AS SELECT 1', 'DROP TABLE orders']],
  ['a quoted identifier', ['SELECT "email" FROM "public"."customers"']],
  ['TABLE', ['TABLE customers']],
  ['a whole row as text', ['SELECT customers::text FROM customers']],
  ['a row constructor', ['SELECT ROW(email, card) FROM customers']],
  ['JSON of rows', ['SELECT json_agg(c) FROM customers c']],
  ['string_agg', ["SELECT string_agg(email, ',') FROM customers"]],
  ['array_agg and unnest', ['SELECT unnest(array_agg(email)) FROM customers']],
  ['a scalar subquery', ['SELECT (SELECT email FROM customers LIMIT 1)']],
  ['LATERAL', ['SELECT x.e FROM customers c, LATERAL (SELECT c.email AS e) x']],
  ['reversed', ['SELECT reverse(email) FROM customers']],
  ['encoded', ["SELECT encode(email::bytea, 'hex') FROM customers"]],
  ['the oracle of WHERE', ["SELECT id FROM customers WHERE email LIKE 'bob%'"]],
  ['the oracle of ORDER BY', ['SELECT id FROM customers ORDER BY card']],
  [
    'the oracle of a division by zero',
    ["SELECT 1 / (CASE WHEN email LIKE 'b%' THEN 0 ELSE 1 END) FROM customers"],
  ],
  ['the text of a cast error', ['SELECT card::int FROM customers']],
  [
    'RAISE in a DO block',
    ["DO $$ DECLARE e text; BEGIN SELECT email INTO e FROM customers LIMIT 1; RAISE NOTICE '%', e; END $$"],
  ],
  ['a copy into another table', ['CREATE TABLE stolen AS SELECT email FROM customers']],
  ['SELECT INTO', ['SELECT email INTO stolen FROM customers']],
  ['a new view', ['CREATE VIEW v AS SELECT email AS x FROM customers']],
  [
    'a new function',
    ["CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT email FROM customers LIMIT 1'", 'SELECT f()'],
  ],
  [
    'a prepared statement of the other kind',
    ['PREPARE q(int) AS SELECT email FROM customers WHERE id = $1', 'EXECUTE q(1)'],
  ],
  ['a cursor', ['BEGIN', 'DECLARE c CURSOR FOR SELECT email FROM customers', 'FETCH ALL FROM c', 'COMMIT']],
  ['statistics', ["SELECT most_common_vals FROM pg_stats WHERE tablename = 'customers'"]],
  ['server files', ["SELECT pg_read_file('/etc/passwd')"]],
  ['a large object', ["SELECT lo_import('/etc/passwd')"]],
  ['a server settings change', ['ALTER SYSTEM SET log_statement = none']],
  ['a view of the catalog', ['SELECT rolpassword FROM pg_authid']],
  ['U&-escaped identifiers', ['SELECT U&"\\0065mail" FROM customers']],
  ['a backslash in an E string', ["SELECT E'\\'; DROP TABLE orders; --'"]],
  ['two statements in one', ['SELECT 1; DELETE FROM orders']],
];

/** Anything of the sample's personal data or payroll; card numbers also without their spaces, e-mails also reversed or in hex. */
const PERSONAL =
  /@shop\.example|elpmaxe\.pohs@|4073686f702e6578616d706c65|4000 ?000\d|[1-9]\d\d-\d\d-\d{4}|9100\.00|7400\.00|6200\.00/i;

interface Shop {
  readonly orders: number;
  readonly relations: string;
}

async function shop(): Promise<Shop> {
  const [row] = await askTarget(
    `select (select count(*)::int from orders) as orders,
      (select string_agg(relname, ',' order by relname) from pg_class where relnamespace = 'public'::regnamespace) as relations`,
  );
  return row as unknown as Shop;
}

let before: Shop;
let reviewer: Disposable;
beforeAll(async () => {
  before = await shop();
  reviewer = rejectEverything();
});
afterAll(() => reviewer[Symbol.dispose]());

describe('an agent with psql', () => {
  afterEach(async () => {
    expect(await shop()).toEqual(before);
  });

  it.each(BYPASSES)('gets nowhere with %s', async (_name, statements) => {
    const { stdout, stderr, code } = await psql(
      'shop-agent',
      'shop',
      "SET statement_timeout = '10s'",
      ...statements,
    );
    expect(stdout + stderr).not.toMatch(PERSONAL);
    expect({ stdout, code }).toEqual({ stdout: expect.stringMatching(/^SET\n/), code: expect.any(Number) });
  });

  it('gets nowhere with a TRUNCATE behind megabytes of comment', async () => {
    for (const megabytes of [1, 9, 20]) {
      const client = await connect();
      const text = `/*${'x'.repeat(megabytes * 1024 * 1024)}*/ TRUNCATE orders`;
      await expect(client.query(text)).rejects.toMatchObject({ code: '54000' });
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await client.end();
    }
  });

  it('is kept from it by Sallyport: the target itself would show and do all of it', async () => {
    const rows = await askTarget('select c::text, card, reverse(email) as r from customers c limit 1');
    expect(JSON.stringify(rows)).toMatch(PERSONAL);
    expect(await askTarget("select has_table_privilege('orders', 'truncate') as may")).toEqual([
      { may: true },
    ]);
  });
});
