import { describe, expect, it } from '@jest/globals';
import { bypassRows } from '../../test/bypass-fixture.ts';
import { fixtureEnvironment } from '../../test/fixture-catalog.ts';
import { renderInspection } from '../../test/render-inspection.ts';
import { inspectSql } from './inspect-sql.ts';

const ROWS = bypassRows();

describe('the bypass corpus', () => {
  const env = fixtureEnvironment();

  it.each(ROWS)('$sql', ({ sql, expected }) => {
    expect(renderInspection(inspectSql(sql, env))).toEqual(expected);
  });

  it('only grows', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(564);
    expect(new Set(ROWS.map(({ sql }) => sql)).size).toBe(ROWS.length);
  });

  it('gives every statement at least one effect', () => {
    for (const { sql } of ROWS) {
      const inspection = inspectSql(sql, env);
      if (!inspection.ok) continue;
      for (const statement of inspection.statements)
        expect([sql, statement.effects.length]).not.toEqual([sql, 0]);
    }
  });

  it('carries sql.unknown wherever a name is unresolved', () => {
    for (const { sql } of ROWS) {
      const inspection = inspectSql(sql, env);
      if (!inspection.ok) continue;
      for (const { unresolved, effects } of inspection.statements) {
        const isUnknown = effects.some(({ action }) => action === 'sql.unknown');
        expect([sql, isUnknown || unresolved.length === 0]).toEqual([sql, true]);
      }
    }
  });
});
