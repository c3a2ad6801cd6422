import { describe, expect, it } from '@jest/globals';
import type { Fixture } from '../support/fixture.ts';

/** Runs last: looks at all that the other suites had logged. */
export function loggingSuite(fixture: () => Fixture): void {
  describe('the log', () => {
    it('has none of the secrets that went through: identity tokens, tokens, join tokens, passwords, keys', () => {
      const log = fixture().logLines.join('');
      expect(log).toContain('token issued');
      expect(log).toContain('component joined');
      expect(fixture().secrets.size).toBeGreaterThan(20);
      for (const secret of fixture().secrets) expect(log.includes(secret)).toBe(false);
      expect(log).not.toMatch(/PRIVATE KEY|spt_|spj_|DELETE FROM/);
    });

    it('reports no failure that nobody expected', () => {
      const errors = fixture().logLines.filter((line) => line.includes('"level":"error"'));
      expect(errors).toEqual([]);
    });
  });
}
