import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLineageServer, type LineageServer } from './lineage-server.ts';
import { compare, type Verdict } from './oracle.ts';

const QUERIES = readFileSync(new URL('../fixtures/lineage.sql', import.meta.url), 'utf8')
  .split(/\n\n+/)
  .slice(1)
  .map((query) => query.trim())
  .filter((query) => query !== '');

describe('lineage of handwritten queries against PostgreSQL 18', () => {
  let shop: LineageServer;
  const verdicts = new Map<string, Verdict>();

  beforeAll(async () => {
    shop = await startLineageServer(18);
    for (const sql of QUERIES) verdicts.set(sql, await compare(shop.client, shop.env, sql));
  }, 60_000);
  afterAll(() => shop.stop());

  it('never names fewer columns than the server shows values of', () => {
    const leaks = [...verdicts].filter(([, verdict]) => verdict.kind === 'LEAK');
    expect(leaks).toEqual([]);
  });

  it('is not vacuous: hardly any query is refused, errs or is left unknown', () => {
    const all = [...verdicts.values()];
    const errors = [...verdicts].filter(([, { kind }]) => kind === 'server-error');
    expect(errors.map(([sql]) => sql)).toEqual(['FETCH ALL FROM nothing']);
    expect([...verdicts].filter(([, { kind }]) => kind === 'refused')).toEqual([]);
    const precise = all.filter((verdict) => verdict.kind === 'agrees' && verdict.isPrecise);
    expect(precise.length / all.length).toBeGreaterThan(0.85);
    const tainted = all.reduce((sum, verdict) => sum + (verdict.kind === 'agrees' ? verdict.tainted : 0), 0);
    expect(tainted).toBeGreaterThan(500);
  });
});
