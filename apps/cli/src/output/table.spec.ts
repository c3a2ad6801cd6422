import { describe, expect, it } from '@jest/globals';
import { renderTable } from './table.ts';
import { textWidth } from './text-width.ts';

const table = {
  columns: ['name', { name: 'count', align: 'right' as const }, 'statement'],
  rows: [
    ['ada', '7', 'SELECT 1'],
    ['日本', '1234', 'x'.repeat(200)],
  ],
  empty: 'Nothing.',
};

describe('renderTable', () => {
  it('aligns columns by what they take on a terminal', () => {
    expect(renderTable(table, false, undefined).slice(0, 2)).toEqual([
      'NAME  COUNT  STATEMENT',
      'ada       7  SELECT 1',
    ]);
    expect(renderTable(table, false, undefined)[2]).toMatch(/^日本 {3}1234 {2}x{200}$/);
  });

  it('cuts the last column to the terminal, and nothing where there is none', () => {
    const line = renderTable(table, false, 60)[2] ?? '';
    expect(textWidth(line)).toBe(60);
    expect(line.endsWith('…')).toBe(true);
  });

  it('says that there is nothing', () => {
    expect(renderTable({ ...table, rows: [] }, false, 80)).toEqual(['Nothing.']);
  });

  it('lets no cell act on the terminal, with colours or without', () => {
    const attack = {
      ...table,
      rows: [['\u001b[2J', { text: '\u001b[8m', style: 'red' as const }, '\u009b31m']],
    };
    const plain = renderTable(attack, false, 80).join('');
    expect(plain).not.toMatch(/[\u001b\u009b]/);
    const styled = renderTable(attack, true, 80)
      .join('')
      .replaceAll(/\u001b\[(1|22|31|39)m/g, '');
    expect(styled).not.toMatch(/[\u001b\u009b]/);
  });
});
