import { describe, expect, it } from '@jest/globals';
import { quickstart, stack } from './stack.ts';

describe('the tour', () => {
  it.each([
    ['postgres', 10],
    ['ssh', 7],
  ])(
    'of %s shows on a running stack what it must, in every step',
    async (part, steps) => {
      const { stdout, stderr, code } = await quickstart('--demo', part, '--state', stack.stateDir);
      const failed = stdout.split('\n').filter((line) => /^ {3}FAIL /.test(line));
      expect({ failed, stderr }).toEqual({ failed: [], stderr: '' });
      expect(stdout).toContain(`\n${steps} steps showed what they must, 0 did not.\n`);
      expect(code).toBe(0);
    },
    300_000,
  );
});
