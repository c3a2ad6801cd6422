import { describe, expect, it } from '@jest/globals';
import { quickstart, stack } from './stack.ts';

describe('the tour', () => {
  it('shows on a running stack what it must, in every step', async () => {
    const { stdout, stderr, code } = await quickstart('--demo', 'postgres', '--state', stack.stateDir);
    const failed = stdout.split('\n').filter((line) => /^ {3}FAIL /.test(line));
    expect({ failed, stderr }).toEqual({ failed: [], stderr: '' });
    expect(stdout).toMatch(/\n10 steps showed what they must, 0 did not\.\n/);
    expect(code).toBe(0);
  }, 300_000);
});
