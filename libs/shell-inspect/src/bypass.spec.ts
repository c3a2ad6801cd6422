import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bypassRows, readRow } from '../test/bypass-fixture.ts';
import { renderInspection } from '../test/render-inspection.ts';
import { inspectShell } from './inspect-shell.ts';

const ROWS = bypassRows();

describe('the bypass corpus', () => {
  it.each(ROWS)('$row', ({ text, options, expected }) => {
    expect(renderInspection(inspectShell(text, options))).toEqual(expected);
  });

  it('only grows', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(791);
    expect(new Set(ROWS.map(({ row }) => row)).size).toBe(ROWS.length);
  });

  it('gives every text at least one effect', () => {
    for (const { row, text, options } of ROWS) {
      const inspection = inspectShell(text, options);
      if (inspection.ok) expect([row, inspection.effects.length]).not.toEqual([row, 0]);
    }
  });

  it('says why, exactly where something is unknown', () => {
    for (const { row, text, options } of ROWS) {
      const inspection = inspectShell(text, options);
      if (!inspection.ok) continue;
      const isUnknown = inspection.effects.some(({ action }) => action === 'ssh.unknown');
      expect([row, inspection.unknowns.length > 0]).toEqual([row, isUnknown]);
    }
  });
});

describe('everyday commands', () => {
  const rows = readFileSync(new URL('../fixtures/everyday.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((row) => row !== '' && !row.startsWith('# '));

  it.each(rows)('%s', (row) => {
    const inspection = inspectShell(readRow(row).text, { hasTerminal: false });
    expect(inspection).toMatchObject({ ok: true, unknowns: [] });
  });
});
