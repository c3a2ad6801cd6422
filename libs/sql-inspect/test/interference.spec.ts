import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QueryGenerator } from './generate-query.ts';
import { interference, makeWorlds, type Interference, type Worlds } from './interference.ts';
import { startLineageServer, type LineageServer } from './lineage-server.ts';

describe('what a query answers', () => {
  let shop: LineageServer;
  let worlds: Worlds;
  beforeAll(async () => {
    shop = await startLineageServer(18);
    worlds = await makeWorlds(shop.server);
  }, 60_000);
  afterAll(async () => {
    await worlds.stop();
    await shop.stop();
  });

  it('depends on no column that is neither in the lineage of the answer nor a predicate', async () => {
    const found: Interference[] = [];
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const outcome = await interference(worlds, shop.env, new QueryGenerator(seed).query());
        found.push(outcome);
        expect(outcome).not.toMatchObject({ kind: 'UNTOLD' });
      }),
      { numRuns: 120 },
    );
    expect(found.filter(({ kind }) => kind === 'none').length).toBeGreaterThan(40);
    expect(
      found.reduce((sum, outcome) => sum + ('differing' in outcome ? outcome.differing : 0), 0),
    ).toBeGreaterThan(20);
  });

  it.each([
    'SELECT id FROM customers ORDER BY ssn',
    "SELECT count(*) FROM customers WHERE email LIKE 'qz%'",
    'SELECT count(*) FROM customers GROUP BY substr(name, 1, 1)',
    'SELECT id FROM customers LIMIT (SELECT length(replace(max(card), $$q$$, $$$$)) - 5 FROM customers)',
    'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id AND c.email > $$t$$',
    'SELECT 1 FROM customers HAVING max(ssn) > $$t$$',
    'SELECT DISTINCT ON (substr(name, 1, 1)) id FROM customers ORDER BY substr(name, 1, 1), id',
    'SELECT count(*) FILTER (WHERE card > $$t$$) FROM customers',
    'SELECT row_number() OVER (ORDER BY email DESC), id FROM customers ORDER BY id',
    'SELECT id FROM customers WHERE id IN (SELECT 1100001 FROM payroll.salaries WHERE iban > $$t$$)',
    'SELECT id FROM orders WHERE (SELECT max(a) FROM scratch) > $$t$$',
    'SELECT 1 FROM customers WHERE CASE WHEN ssn > $$t$$ THEN true END',
    'WITH w AS (SELECT id FROM customers WHERE email > $$t$$) SELECT count(*) FROM w',
    'SELECT count(*) FROM (SELECT substr(email, 1, 1) FROM customers UNION SELECT $$q$$) x',
    'SELECT g FROM customers c, generate_series(1, CASE WHEN c.email > $$t$$ THEN 2 ELSE 1 END) g',
    'SELECT id, generate_series(1, position($$y$$ IN name)) IS NULL FROM customers',
    'SELECT customer_email(1100002) > $$t$$, 1 FROM orders WHERE customer_email(1100002) > $$t$$',
    'SELECT EXISTS (SELECT 1 FROM customers WHERE email > $$t$$)',
    'SELECT count(*) FROM customer_names WHERE contact > $$T$$',
    'SELECT coalesce((SELECT 1 FROM customers WHERE email > $$t$$ LIMIT 1), 0)',
    'SELECT CASE WHEN email > $$t$$ THEN 1 / (id - id) END IS NULL, id FROM customers',
    'SELECT id FROM fixed_filter WHERE name > $$t$$',
    'SELECT id FROM fixed_filter ORDER BY name',
    'SELECT f.id FROM fixed_filter f JOIN customers c USING (id) WHERE c.email > $$t$$',
    'SELECT count(*) FROM fixed_join WHERE name > $$t$$',
  ])('is told of: %s', async (sql) => {
    const outcome = await interference(worlds, shop.env, sql);
    expect(outcome).toMatchObject({ kind: 'none' });
    expect('differing' in outcome && outcome.differing).toBeGreaterThan(0);
  });
});
