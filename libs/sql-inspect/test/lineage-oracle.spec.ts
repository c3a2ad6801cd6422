import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLineageServer, type LineageServer } from './lineage-server.ts';
import { inspectSql, type SqlStatement } from '../src/index.ts';
import { plannedRelations } from './explain-plan.ts';
import { compare, type Verdict } from './oracle.ts';

const QUERIES = readFileSync(new URL('../fixtures/lineage.sql', import.meta.url), 'utf8')
  .split(/\n\n+/)
  .slice(1)
  .map((query) => query.trim())
  .filter((query) => query !== '');

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  Insert: ['sql.insert'],
  Update: ['sql.update'],
  Delete: ['sql.delete'],
  Merge: ['sql.insert', 'sql.update', 'sql.delete'],
};

/** A write must be in an effect of its kind; a read must be a touch (a partition counts as what it is part of). */
function isNamed(statement: SqlStatement | undefined, name: string, operation: string | undefined): boolean {
  if (statement === undefined) return false;
  const whole = name.replace(/events_(2026|rest)$/, 'events');
  if (operation === undefined)
    return statement.touches.some((touch) => touch.name === name || touch.name === whole);
  const actions = ACTIONS[operation] ?? [];
  return statement.effects.some(
    (effect) =>
      actions.includes(effect.action) &&
      effect.objects.some((object) => object.name === name || object.name === whole),
  );
}

describe('lineage of handwritten queries against PostgreSQL 18', () => {
  let shop: LineageServer;
  const verdicts = new Map<string, Verdict>();

  beforeAll(async () => {
    shop = await startLineageServer(18);
    for (const sql of QUERIES) verdicts.set(sql, await compare(shop, sql));
  }, 60_000);
  afterAll(() => shop.stop());

  it('never names fewer columns than the server shows values of', () => {
    const leaks = [...verdicts].filter(([, verdict]) => verdict.kind === 'LEAK');
    expect(leaks).toEqual([]);
  });

  it('names every relation that the server plans to read or write', async () => {
    const missing: string[] = [];
    let planned = 0;
    for (const sql of QUERIES) {
      const inspection = inspectSql(sql, shop.env);
      const statement = inspection.ok ? inspection.statements[0] : undefined;
      for (const { name, operation } of (await plannedRelations(shop.client, sql)) ?? []) {
        planned++;
        const isKnown = name.startsWith('pg_catalog.') || isNamed(statement, name, operation);
        if (!isKnown) missing.push(`${operation ?? 'read'} ${name}: ${sql}`);
      }
    }
    expect(missing).toEqual([]);
    expect(planned).toBeGreaterThan(200);
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
