import { create } from '@bufbuild/protobuf';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { StatementSchema } from '@sallyport/contracts/access';
import { SessionState } from '@sallyport/contracts/admin';
import { ControlPlaneClient } from '@sallyport/control-plane-client';
import { eventually } from '@sallyport/testing';
import type { Fixture } from '../support/fixture.ts';
import { policyManifest, READS, targetManifest } from '../support/manifests.ts';
import { sessionInput } from './opening-sessions.ts';

export function lostSessionsSuite(fixture: () => Fixture): void {
  describe('a proxy that goes away', () => {
    let token: string;

    beforeAll(async () => {
      await fixture().apply(
        `${targetManifest('lost-shop')}---${policyManifest('lost-policy', 'losers', 'lost-shop', READS)}`,
      );
      token = await fixture().tokenOf('lou', ['losers']);
    });

    async function stateOf(sessionId: string): Promise<SessionState | undefined> {
      const { history } = await fixture().asAdmin();
      return (await history.getSession({ sessionId })).session?.state;
    }

    it('loses its sessions after the grace, and the recorder hears of them', async () => {
      const proxy = await fixture().proxy();
      const recorder = await fixture().recorder();
      await eventually('the order stream', () => proxy.connected);
      const kept = await proxy.openSession(sessionInput(token, 'lost-shop'));
      const closed = await proxy.openSession(sessionInput(token, 'lost-shop'));
      await proxy.closeSession(closed.id, 'client_closed');
      expect(await recorder.listLostSessions()).not.toContain(kept.id);
      await proxy.close();
      await eventually('the session is lost', async () => (await stateOf(kept.id)) === SessionState.LOST);
      expect(await stateOf(closed.id)).toBe(SessionState.CLOSED);
      await eventually('the recorder hears of it', async () =>
        (await recorder.listLostSessions()).includes(kept.id),
      );
      expect(await recorder.listLostSessions()).not.toContain(closed.id);
    });

    it('loses the sessions of its earlier process at once when it comes back', async () => {
      const options = await fixture().componentOptions('proxy', 'phoenix');
      const before = await ControlPlaneClient.connect(options);
      const session = await before.openSession(sessionInput(token, 'lost-shop'));
      const after = await ControlPlaneClient.connect(options);
      await eventually('the session is lost', async () => (await stateOf(session.id)) === SessionState.LOST, {
        timeoutMs: 2_000,
      });
      await before.close();
      await after.close();
    });

    it('is another proxy that has no say in the sessions of the first', async () => {
      const [first, second] = await Promise.all([fixture().proxy(), fixture().proxy()]);
      const session = await first.openSession(sessionInput(token, 'lost-shop'));
      await second.closeSession(session.id, 'mischief');
      expect(await stateOf(session.id)).toBe(SessionState.OPEN);
      await expect(
        second.decide(session.id, create(StatementSchema, { kind: 'sql.simple' })),
      ).rejects.toMatchObject({ code: 'session_ended_by_admin' });
    });
  });
}
