import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import type { Client, QueryConfig } from 'pg';
import { ProxyFixture } from './support/proxy-fixture.ts';
import { AGENTS, SHOP } from './support/shop.ts';

const CARD = '4111111111111111';
const TYPES = `
CREATE TYPE stage AS ENUM ('new', 'shipped', 'ann@example.com');
CREATE TYPE place AS (city text, number bigint);
CREATE TYPE stop AS (at place, seen timestamptz);
CREATE TYPE span AS RANGE (subtype = text);
CREATE TABLE parcels (id int, stage stage, stop stop, cards int8range, days daterange, span span, stages stage[], spot point, price money);
INSERT INTO parcels VALUES
  (1, 'shipped', ROW(ROW('Bern', 12), '2026-01-02 03:04:05Z'), '[1,9)', '[2026-01-02,2026-02-03)', '[a,b)', '{new,shipped}', '(1.5,2)', 12.34),
  (2, 'ann@example.com', ROW(ROW('Bern', ${CARD}), '2026-01-02 03:04:05Z'), '[1,${CARD})', NULL, '[ann@example.com,b)', '{ann@example.com}', NULL, NULL);
`;
const COLUMNS = 'id, stage, stop, cards, days, span, stages, spot, price';

let proxy: ProxyFixture;
let client: Client;
let direct: Client;
beforeAll(async () => {
  proxy = await ProxyFixture.start({
    schema: `${SHOP}${TYPES}`,
    policies: `${AGENTS}    - name: found\n      mask: { detect: [email, card], with: redact }\n`,
  });
  client = await proxy.connect();
  direct = await proxy.postgres.connect();
});
afterAll(async () => {
  await client.end();
  await direct.end();
  await proxy.stop();
});

/** Values as bytes in hex, whatever their type (pg reads binary ones as UTF-8, so what is no character is lost on both sides alike). */
async function rowsOf(from: Client, text: string, binary: boolean): Promise<(string | null)[][]> {
  const types = { getTypeParser: () => (value: Buffer | string) => Buffer.from(value).toString('hex') };
  const config = { text, queryMode: 'extended', binary, rowMode: 'array', types } as unknown as QueryConfig;
  return (await from.query<(string | null)[]>(config as never)).rows;
}

describe('detectors', () => {
  it.each([true, false])(
    'leave enums, composites, ranges and arrays of them as they are, where they hold nothing (binary: %p)',
    async (binary) => {
      const text = `SELECT ${COLUMNS} FROM parcels WHERE id = 1`;
      expect(await rowsOf(client, text, binary)).toEqual(await rowsOf(direct, text, binary));
    },
  );

  it('hide what is in them in the binary format: text, and digits that only their form shows', async () => {
    const [row] = await rowsOf(
      client,
      'SELECT stage, stop, cards, span, stages FROM parcels WHERE id = 2',
      true,
    );
    expect(row).toEqual([null, null, null, null, null]);
    expect(await rowsOf(client, `SELECT ROW(1, ${CARD}::int8), ROW(1, 2)`, true)).toEqual([
      [null, expect.any(String)],
    ]);
  });

  it('say in the record what was hidden because it could not be read', async () => {
    proxy.events.length = 0;
    const [row] = await rowsOf(client, "SELECT '((1,2),(3,4),(5,6))'::path, 1", true);
    expect(row).toEqual([null, '00000001']);
    await eventually('it is recorded', () =>
      proxy.events.some(
        ({ body }) =>
          body.case === 'statementFinished' &&
          body.value.masks.some(({ what, values }) => what === 'unreadable' && values === 1n),
      ),
    );
  });

  it('search a binary COPY, whose columns have no types', async () => {
    const copy = (sql: string, from: (args: string[]) => Promise<{ out: string }>) =>
      from(['-c', `COPY (${sql}) TO STDOUT (FORMAT binary)`]);
    const harmless =
      "SELECT 7, 8::int8, 'plain', 1.25::numeric, date '2026-01-02', ARRAY['a','b'], stop FROM parcels WHERE id = 1";
    const through = await copy(harmless, (args) => proxy.psql(args));
    expect(through.out).toBe((await copy(harmless, (args) => proxy.psql(args, '', directly()))).out);
    const found = await copy(`SELECT 'ann@example.com', stop FROM parcels WHERE id = 2`, (args) =>
      proxy.psql(args),
    );
    expect(found.out).toContain('PGCOPY');
    expect(found.out).not.toContain('ann@');
    expect(Buffer.from(found.out).includes(Buffer.from('Bern'))).toBe(false);
  });
});

/** psql past the proxy. */
const directly = () => ({
  PGPORT: String(proxy.postgres.port),
  PGHOST: proxy.postgres.host,
  PGUSER: proxy.postgres.user,
  PGPASSWORD: proxy.postgres.password,
  PGDATABASE: 'postgres',
});
