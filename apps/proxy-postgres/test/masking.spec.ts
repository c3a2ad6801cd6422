import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client, DatabaseError, Notification, QueryConfig } from 'pg';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { MASKED_AGENTS, SHOP } from './support/shop.ts';

/** Values that must reach neither the caller nor the recording, in no encoding. */
const SECRETS = [
  'ana@example.com',
  'bob@example.org',
  '4111111111111111',
  '5500005555555559',
  '123-45-6789',
  '987-65-4321',
  '1990-01-02',
];
const IN_OTHER_CLOTHES = [
  ...SECRETS,
  ...SECRETS.map((secret) => secret.toUpperCase()),
  ...SECRETS.map((secret) => Array.from(secret).reverse().join('')),
  ...SECRETS.map((secret) => Buffer.from(secret).toString('hex')),
  ...SECRETS.map((secret) => Buffer.from(secret).toString('base64').replace(/=+$/, '')),
];

let proxy: ProxyFixture;
let client: Client;
beforeAll(async () => {
  proxy = await ProxyFixture.start({ schema: `${SHOP}${MORE}`, policies: MASKED_AGENTS });
  client = await proxy.connect();
});
afterAll(async () => {
  await client.end();
  await proxy.stop();
});
beforeEach(() => {
  proxy.spool.records.length = 0;
});

const MORE = `
CREATE TABLE archive (id int, who text);
CREATE VIEW deep AS SELECT contact AS c FROM contacts;
CREATE MATERIALIZED VIEW frozen AS SELECT id, email AS e FROM customers;
CREATE TABLE vips () INHERITS (customers);
INSERT INTO vips SELECT * FROM customers WHERE id = 1;
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE NOTICE 'mail is %', (SELECT email FROM ONLY customers WHERE id = 1); RETURN NEW; END $$;
CREATE TABLE noisy (id int);
CREATE TRIGGER shouting BEFORE INSERT ON noisy FOR EACH ROW EXECUTE FUNCTION shout();
`;

function expectNoSecret(seen: string): void {
  for (const secret of IN_OTHER_CLOTHES) {
    expect(seen).not.toContain(secret);
    expect(proxy.recordedText()).not.toContain(secret);
  }
}

/** Everything that came back, rows, error and notices, as text in which a secret would be found. */
async function everythingOf(query: QueryConfig | string, over: { binary?: boolean } = {}): Promise<string> {
  const seen: string[] = [];
  const onNotice = (notice: unknown) => seen.push(JSON.stringify(notice), String(notice));
  client.on('notice', onNotice);
  try {
    const config = typeof query === 'string' ? { text: query } : query;
    // Without this, pg sends a text without values as a Query, whose rows are always text.
    const queryMode = over.binary === true ? 'extended' : undefined;
    const asked = { ...config, ...over, queryMode, rowMode: 'array' };
    const result = await client.query(asked as QueryConfig);
    for (const each of Array.isArray(result) ? result : [result]) {
      for (const row of each.rows as unknown[][]) {
        for (const value of row)
          seen.push(Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value));
      }
    }
  } catch (error) {
    const { message, detail, hint, where } = error as DatabaseError;
    seen.push(`refused or failed: ${JSON.stringify({ message, detail, hint, where })}`);
  } finally {
    client.off('notice', onNotice);
  }
  return seen.join('\n');
}

/** Ways to get at a masked column. Only grows. */
const WAYS: readonly string[] = [
  'SELECT email, card, ssn, born, balance, meta FROM customers',
  'SELECT * FROM customers',
  'SELECT balance, * FROM customers',
  'SELECT email AS harmless FROM customers',
  'SELECT "email" FROM "customers"',
  'SELECT c."email" FROM public.customers AS c',
  'SELECT upper(email), lower(card), reverse(ssn) FROM customers',
  "SELECT 'x' || email, email || card FROM customers",
  'SELECT substr(email, 1, 3), left(card, 15), right(card, 15) FROM customers',
  'SELECT length(email), ascii(email), md5(email) FROM customers',
  'SELECT encode(email::bytea, $$hex$$), encode(email::bytea, $$base64$$) FROM customers',
  'SELECT contact FROM contacts',
  'SELECT c FROM deep',
  'SELECT e FROM frozen',
  'SELECT email FROM vips',
  'SELECT email FROM ONLY customers',
  'SELECT (SELECT email FROM ONLY customers WHERE id = 1)',
  'SELECT * FROM (SELECT email AS e FROM customers) t',
  'WITH x AS (SELECT email AS e FROM customers) SELECT e FROM x',
  'WITH RECURSIVE r(n, e) AS (SELECT 1, email FROM customers UNION ALL SELECT n + 1, e FROM r WHERE n < 2) SELECT * FROM r',
  'WITH deleted AS (SELECT email FROM customers) SELECT email AS "select" FROM deleted',
  'SELECT id::text FROM orders UNION ALL SELECT email FROM customers',
  'SELECT note FROM orders UNION SELECT card FROM customers ORDER BY 1',
  'SELECT note FROM orders EXCEPT SELECT email FROM customers',
  'SELECT email FROM customers INTERSECT SELECT email FROM customers',
  'SELECT array_agg(email) FROM customers',
  'SELECT string_agg(card, $$,$$) FROM customers',
  'SELECT json_agg(customers) FROM customers',
  'SELECT row_to_json(c) FROM customers c',
  'SELECT to_jsonb(c) FROM customers c',
  'SELECT jsonb_build_object($$a$$, email) FROM customers',
  'SELECT c FROM customers c',
  'SELECT (c).email FROM customers c',
  'SELECT ROW(id, email) FROM customers',
  'SELECT c.* FROM orders o JOIN customers c ON c.id = o.customer_id',
  'SELECT unnest(ARRAY[email]) FROM customers',
  'SELECT x FROM customers, LATERAL (SELECT email AS x) l',
  'SELECT coalesce(email, $$none$$), CASE WHEN id > 0 THEN email END FROM customers',
  'SELECT max(email), min(card) FROM customers',
  'SELECT first_value(email) OVER (ORDER BY id) FROM customers',
  'SELECT email_of(1)',
  'SELECT email FROM customers GROUP BY email',
  'SELECT DISTINCT email FROM customers',
  'SELECT meta->>$$email$$ FROM customers',
  'SELECT query_to_xml($$SELECT email FROM customers$$, true, true, $$$$)',
  'SELECT table_to_xml($$customers$$, true, true, $$$$)',
  'TABLE customers',
  'VALUES ((SELECT email FROM ONLY customers WHERE id = 1))',
  'EXPLAIN (ANALYZE, VERBOSE) SELECT email FROM customers WHERE id = 1',
  'INSERT INTO archive SELECT id, email FROM customers RETURNING who',
  'INSERT INTO archive SELECT id, email FROM customers; SELECT who FROM archive',
  'CREATE TEMP TABLE stolen AS SELECT email FROM customers; SELECT * FROM stolen',
  'SELECT email INTO TEMP taken FROM customers; SELECT * FROM taken',
  'SELECT email::int FROM customers',
  'SELECT CAST(card AS date) FROM customers',
  'SELECT 1 / (length(email) - length(email)) FROM customers',
  'SELECT set_config($$application_name$$, email, false) FROM customers WHERE id = 1; SHOW application_name',
  'SELECT set_config($$search_path$$, email, false) FROM customers WHERE id = 1',
  'SELECT pg_notify($$leak$$, email) FROM customers',
  'DECLARE c CURSOR WITH HOLD FOR SELECT email FROM customers',
  'FETCH ALL FROM c',
  'CLOSE c',
  'BEGIN; DECLARE d CURSOR FOR SELECT email, id FROM customers; FETCH 2 FROM d; COMMIT',
  'PREPARE p AS SELECT email FROM customers',
  'EXECUTE p',
  'DEALLOCATE p',
  'PREPARE q(int) AS SELECT card FROM customers WHERE id = $1; EXECUTE q(1); DEALLOCATE q',
  'COPY customers TO STDOUT',
  'SELECT * FROM customers TABLESAMPLE SYSTEM (100)',
  'SELECT most_common_vals FROM pg_stats WHERE tablename = $$customers$$',
  'SELECT query FROM pg_stat_activity',
  'DO $$ BEGIN RAISE NOTICE $n$%$n$, (SELECT email FROM customers LIMIT 1); END $$',
  'INSERT INTO noisy VALUES (1)',
  'SELECT email COLLATE "C" FROM customers',
  'SELECT format($$%s$$, email), concat(email, card), concat_ws($$,$$, email) FROM customers',
  'SELECT regexp_split_to_table(email, $$@$$) FROM customers',
  'SELECT lo_from_bytea(0, email::bytea) FROM customers',
  'SELECT * FROM json_populate_record(null::customers, (SELECT to_json(c) FROM customers c WHERE id = 1))',
  'SELECT * FROM ROWS FROM (json_to_recordset((SELECT json_agg(c) FROM customers c)) AS (email text))',
  'SELECT xmlelement(name x, email) FROM customers',
  'SELECT GREATEST(email, card), NULLIF(email, $$$$) FROM customers',
  'SELECT a.email FROM customers a NATURAL JOIN customers b',
  'SELECT email FROM customers JOIN contacts USING (id)',
  'SELECT sum(balance), avg(balance) FROM customers',
];

describe('masking by lineage', () => {
  it.each(WAYS)('hides personal data in: %s', async (text) => {
    expectNoSecret(await everythingOf(text));
  });

  it.each(WAYS.filter((text) => !text.includes(';') && !text.startsWith('COPY')))(
    'hides it in a prepared statement, in binary: %s',
    async (text) => {
      expectNoSecret(await everythingOf(text, { binary: true }));
    },
  );

  it('shows what is not masked beside what is', async () => {
    const { rows } = await client.query(
      'SELECT id, name, email AS mail, born, balance FROM customers ORDER BY id',
    );
    expect(rows[0]).toMatchObject({ id: 1, name: 'Ana Alvarez', mail: '[redacted]' });
    expect(rows[0].born).toBeInstanceOf(Date);
    expect(Number(rows[0].balance)).not.toBe(10.5);
    expect((await client.query('SELECT count(*)::int AS n, sum(total) AS s FROM orders')).rows).toEqual([
      { n: 20, s: '315.00' },
    ]);
  });

  it('gives a driver that reads binary values of the right types', async () => {
    const { rows } = await client.query({
      text: 'SELECT id, email, born, balance FROM customers WHERE id = $1',
      values: [1],
      binary: true,
    } as QueryConfig);
    expect(rows[0].id).toBe(1);
    expect(rows[0].email).toBe('[redacted]');
  });

  it('hides rows of a portal that was never described, and of one that is read in pieces', async () => {
    const result = await proxy.psql(
      [],
      '\\set FETCH_COUNT 1\nSELECT email, ssn FROM customers ORDER BY id;\n',
    );
    expect(result.out).toContain('[redacted]');
    expectNoSecret(result.out + result.err);
  });
});

describe('a masked column in a condition or a copy', () => {
  it('is an effect of its own, that policy denies by saying nothing', async () => {
    const copied = (await client
      .query('INSERT INTO archive SELECT id, email FROM customers')
      .catch((error: unknown) => error)) as DatabaseError;
    expect(JSON.parse(copied.detail ?? '')).toMatchObject({
      code: 'no_rule_covers',
      action: 'sql.read.derive',
      object: 'public.customers.email',
    });
    proxy.controlPlane.apply(
      MASKED_AGENTS.replace('allow: { actions: [sql.read.predicate] }', 'allow: { actions: [sql.nothing] }'),
    );
    const asked = (await client
      .query("SELECT id FROM customers WHERE email LIKE 'a%'")
      .catch((error: unknown) => error)) as DatabaseError;
    proxy.controlPlane.apply(MASKED_AGENTS);
    expect(JSON.parse(asked.detail ?? '')).toMatchObject({
      code: 'no_rule_covers',
      action: 'sql.read.predicate',
    });
    expect((await client.query("SELECT id FROM ONLY customers WHERE email LIKE 'a%'")).rows).toEqual([
      { id: 1 },
    ]);
  });
});

describe('masking of COPY', () => {
  const copies = [
    'COPY customers TO STDOUT',
    'COPY customers (id, email) TO STDOUT',
    'COPY (SELECT name, upper(email), card FROM customers) TO STDOUT (FORMAT csv, HEADER)',
    'COPY (SELECT name, email FROM contacts JOIN customers USING (id, name)) TO STDOUT WITH CSV DELIMITER ;',
    "COPY (SELECT name, email FROM customers) TO STDOUT (FORMAT csv, QUOTE '''')",
    'COPY (SELECT id, email, card FROM customers) TO STDOUT (FORMAT binary)',
    "COPY (SELECT email FROM customers) TO STDOUT (ENCODING 'UTF16')",
    'COPY (INSERT INTO archive SELECT id, email FROM customers RETURNING who) TO STDOUT',
    "COPY customers TO PROGRAM 'cat'",
    "COPY customers TO '/tmp/customers.txt'",
  ];
  it.each(copies)('hides personal data in: %s', async (text) => {
    const result = await proxy.psql(['-c', text]);
    expectNoSecret(result.out + result.err);
  });

  it('keeps the rest of the row as it was', async () => {
    const { out } = await proxy.psql([
      '-c',
      'COPY (SELECT id, name, email, NULL FROM ONLY customers ORDER BY id) TO STDOUT',
    ]);
    expect(out).toBe('1\tAna Alvarez\t[redacted]\t\\N\n2\tBob Brown\t[redacted]\t\\N\n');
  });
});

describe('words of the target', () => {
  it('that may quote a masked value are withheld, but not what kind of error it is', async () => {
    const error = (await client
      .query('SELECT email::int FROM customers')
      .catch((thrown: unknown) => thrown)) as DatabaseError;
    expect(error.code).toBe('22P02');
    expect(error.message).toContain('withheld');
  });

  it('about what is not masked pass', async () => {
    const error = (await client
      .query('SELECT note::int FROM orders')
      .catch((thrown: unknown) => thrown)) as DatabaseError;
    expect(error.message).toContain('note 1');
  });

  it('that somebody else sends with NOTIFY are hidden', async () => {
    await client.query('LISTEN news');
    const heard = new Promise<Notification>((resolve) => client.once('notification', resolve));
    await proxy.postgres.query("NOTIFY news, 'mail ana@example.com'");
    await client.query('SELECT 1');
    expect((await heard).payload).toBe('[redacted]');
    await client.query('UNLISTEN news');
    expectNoSecret('');
  });
});
