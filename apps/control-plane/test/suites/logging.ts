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

    it('is matched by metrics, with labels of closed sets only', async () => {
      const response = await fetch(`http://127.0.0.1:${String(fixture().controlPlane.opsPort)}/metrics`);
      const metrics = await response.text();
      expect(metrics).toMatch(/sallyport_control_plane_token_exchanges_total\{outcome="issued"[^}]*\} [1-9]/);
      expect(metrics).toMatch(
        /sallyport_control_plane_refusals_total\{method="sallyport\.dataplane\.v1\.SessionService\/OpenSession",code="target_not_available"[^}]*\} [1-9]/,
      );
      expect(metrics).toMatch(/sallyport_control_plane_watch_round_seconds_count/);
      for (const secret of fixture().secrets) expect(metrics.includes(secret)).toBe(false);
      expect(metrics).not.toMatch(/olga|prn_|ses_/);
    });

    it('reports no failure that nobody expected', () => {
      const errors = fixture().logLines.filter((line) => line.includes('"level":"error"'));
      // The suite of recordings has one of its reads fail.
      expect(errors).toEqual([expect.stringContaining('SessionHistoryService/ReadRecording')]);
    });
  });
}
