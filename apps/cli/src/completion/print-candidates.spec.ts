import { describe, expect, it } from '@jest/globals';
import { buildProgram } from '../program.ts';
import { candidatesFor } from './print-candidates.ts';

const program = buildProgram(() => async () => {});

function complete(...words: string[]): Promise<readonly string[]> {
  return candidatesFor(words, program, async () => ['shop', 'payroll']);
}

describe('completion', () => {
  it.each([
    [['ho'], ['holds']],
    [
      ['holds', ''],
      ['list', 'show', 'approve', 'reject'],
    ],
    [['holds', 'a'], ['approve']],
    [['holds', 'list', '--wa'], ['--watch']],
    [['holds', '--json', 'sh'], ['show']],
    [['--url', 'https://x', 'uns'], []],
    [['--url', 'https://x', 'unl'], ['unlock']],
    [
      ['targets', '--output', ''],
      ['table', 'json', 'yaml'],
    ],
    [['targets', '-o', 'j'], ['json']],
    [['psql', 'sh'], ['shop']],
    [['psql', 'shop', '--', '-'], []],
    [
      ['token', '--target', ''],
      ['shop', 'payroll'],
    ],
    [['get', 'P'], ['Policy']],
    [
      ['join-token', ''],
      ['proxy', 'recorder'],
    ],
    [['completion', 'z'], ['zsh']],
    [['nonsense', 'x'], []],
  ])('of %j is %j', async (words, candidates) => {
    expect(await complete(...words)).toEqual(candidates);
  });

  it('does not offer what is only for scripts', async () => {
    expect(await complete('')).not.toContain('complete');
  });
});
