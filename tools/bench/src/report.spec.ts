import { describe, expect, it } from '@jest/globals';
import { figure } from './figures.ts';
import { jsonLine, table } from './report.ts';

const figures = [
  figure('postgres.simple.32.vs_pipe', 'ratio', [0.95123, 0.9, 1]),
  figure('postgres.simple.1.added_p50_us', 'us', [60, 50.04, 70]),
];

describe('the report', () => {
  it('is one line of JSON for scripts, with the spread beside each median', () => {
    const line = jsonLine(figures);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      'postgres.simple.32.vs_pipe': 0.951,
      'postgres.simple.32.vs_pipe_min': 0.9,
      'postgres.simple.32.vs_pipe_max': 1,
      'postgres.simple.1.added_p50_us': 60,
      'postgres.simple.1.added_p50_us_min': 50,
      'postgres.simple.1.added_p50_us_max': 70,
    });
  });

  it('is a table for people', () => {
    expect(table(figures).split('\n')).toEqual([
      'figure                          median      spread',
      'postgres.simple.32.vs_pipe       0.951      0.900 .. 1.000',
      'postgres.simple.1.added_p50_us    60.0  us  50.0 .. 70.0',
    ]);
  });
});
