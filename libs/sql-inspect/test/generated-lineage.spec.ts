import { globSync } from 'node:fs';
import type { PostgresVersion } from '@sallyport/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QueryGenerator } from './generate-query.ts';
import { startLineageServer, type LineageServer } from './lineage-server.ts';
import { compare, type Verdict } from './oracle.ts';

const RUNS = 250;

/** The distribution's server too, where there is one: its client alone has a folder there as well. */
const VERSIONS: PostgresVersion[] =
  globSync('/usr/lib/postgresql/*/bin/postgres').length > 0 ? [18, 'system'] : [18];

describe.each(VERSIONS)('lineage of generated queries against PostgreSQL %s', (version) => {
  let shop: LineageServer;
  beforeAll(async () => {
    shop = await startLineageServer(version);
    await shop.client.query("SET statement_timeout = '2s'");
  }, 60_000);
  afterAll(() => shop.stop());

  it('never names fewer columns than the server shows values of', async () => {
    const verdicts: Verdict[] = [];
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const verdict = await compare(shop, new QueryGenerator(seed).query());
        verdicts.push(verdict);
        // A query that the server takes must neither leak nor be refused.
        expect(['agrees', 'server-error']).toContain(verdict.kind);
      }),
      { numRuns: RUNS },
    );
    const ran = verdicts.filter(({ kind }) => kind === 'agrees').length;
    expect(ran / verdicts.length).toBeGreaterThan(0.3);
  });
});
