import { beforeAll, describe, expect, it } from '@jest/globals';
import { TokenService } from '@sallyport/contracts/admin';
import type { ControlPlaneClient } from '@sallyport/control-plane-client';
import { eventually } from '@sallyport/testing';
import { ended } from '../support/ended.ts';
import type { Fixture } from '../support/fixture.ts';
import { policyManifest, READS, targetManifest } from '../support/manifests.ts';
import { sessionInput } from './opening-sessions.ts';

/** DESIGN.md, invariant 6. */
const FELT_WITHIN_MS = 2_000;

export function revocationSuite(fixture: () => Fixture): void {
  describe('revocation', () => {
    let proxy: ControlPlaneClient;

    beforeAll(async () => {
      await fixture().apply(
        `${targetManifest('rev-shop')}---${policyManifest('rev-policy', 'revs', 'rev-shop', READS)}`,
      );
      proxy = await fixture().proxy();
      await eventually('the order stream', () => proxy.connected);
    });

    async function openAs(user: string, groups: readonly string[] = [], extra: Record<string, string> = {}) {
      const token = await fixture().tokenOf(user, ['revs', ...groups], extra);
      const session = await proxy.openSession(sessionInput(token, extra['target'] ?? 'rev-shop'));
      return { token, session };
    }

    async function expectEnd(
      session: Parameters<typeof ended>[0],
      code: string,
      act: () => Promise<unknown>,
    ) {
      const end = ended(session);
      await act();
      const { code: seen, afterMs } = await end;
      expect(seen).toBe(code);
      expect(afterMs).toBeLessThan(FELT_WITHIN_MS);
      expect(session.isViewFresh(Date.now())).toBe(false);
    }

    it('ends the sessions of a token that is revoked, and only those', async () => {
      const { session, token } = await openAs('rita');
      const { session: other } = await openAs('rita');
      const { tokens } = await fixture().as(token);
      const { token: info } = await tokens.whoAmI({});
      await expectEnd(session, 'token_revoked', () => tokens.revokeToken({ tokenId: info?.tokenId ?? '' }));
      expect(other.isViewFresh(Date.now())).toBe(true);
      await expect(proxy.openSession(sessionInput(token, 'rev-shop'))).rejects.toMatchObject({
        code: 'token_revoked',
      });
    });

    it('ends sessions when their token expires', async () => {
      const { session } = await openAs('rex', [], { requested_lifetime: '1' });
      const { code, afterMs } = await ended(session);
      expect([code, afterMs < 1_000 + FELT_WITHIN_MS]).toEqual(['token_expired', true]);
    });

    it.each(['principal', 'group', 'target'] as const)(
      'ends and refuses what a lock on a %s matches, until it is deleted',
      async (what) => {
        const user = `locked-${what}`;
        const { session, token } = await openAs(user, [`group-${what}`]);
        const { session: bystander } = await openAs(`bystander-${what}`);
        const { access } = await fixture().asAdmin();
        const fields = {
          principal: { principalId: session.principal.id },
          group: { group: `group-${what}` },
          target: { targetName: 'rev-shop' },
        }[what];
        let lockId = '';
        await expectEnd(session, 'locked', async () => {
          const { lock } = await access.createLock({ ...fields, reason: 'test' });
          lockId = lock?.lockId ?? '';
        });
        await expect(proxy.openSession(sessionInput(token, 'rev-shop'))).rejects.toMatchObject({
          code: 'locked',
        });
        if (what !== 'target') {
          expect(bystander.isViewFresh(Date.now())).toBe(true);
          await expect(fixture().admin(TokenService, token).whoAmI({})).rejects.toThrow(/locked/);
        }
        await access.deleteLock({ lockId });
        await expect(proxy.openSession(sessionInput(token, 'rev-shop'))).resolves.toBeDefined();
      },
    );

    it('refuses a lock that would lock everybody out', async () => {
      const { access } = await fixture().asAdmin();
      await expect(access.createLock({ reason: 'oops' })).rejects.toThrow(/names none/);
    });

    it('ends sessions of a target that is deleted', async () => {
      await fixture().apply(
        `${targetManifest('rev-gone')}---${policyManifest('rev-gone', 'revs', 'rev-gone', READS)}`,
      );
      const { session } = await openAs('greta', [], { target: 'rev-gone' });
      const { resources } = await fixture().asAdmin();
      await expectEnd(session, 'target_not_available', () =>
        resources.deleteResource({ kind: 'Target', name: 'rev-gone' }),
      );
    });

    it('ends sessions of a target that policy closes, and brings changes of the rules to the others', async () => {
      await fixture().apply(
        `${targetManifest('rev-turn')}---${policyManifest('rev-turn', 'revs', 'rev-turn', READS)}`,
      );
      const { session } = await openAs('tom', [], { target: 'rev-turn' });
      const changed = new Promise<readonly string[]>((resolve) => {
        session.onView((view) => {
          resolve(view.policies.flatMap(({ rules }) => rules.map(({ name }) => name)));
        });
      });
      const before = session.view.revision;
      await fixture().apply(
        policyManifest(
          'rev-turn',
          'revs',
          'rev-turn',
          `${READS}, { name: no-deletes, deny: { actions: [sql.delete] } }`,
        ),
      );
      expect(await changed).toEqual(['reads', 'no-deletes']);
      expect(session.view.revision).not.toBe(before);
      await expectEnd(session, 'target_not_available', () =>
        fixture().apply(
          policyManifest('rev-turn', 'revs', 'rev-turn', '{ name: closed, deny: { actions: ["*"] } }'),
        ),
      );
    });

    it('ends a session when an administrator says so', async () => {
      const { session } = await openAs('ellen');
      const { history } = await fixture().asAdmin();
      await expectEnd(session, 'session_ended_by_admin', () => history.endSession({ sessionId: session.id }));
    });

    it('does not miss a change that comes while sessions are being opened', async () => {
      await fixture().apply(
        `${targetManifest('rev-race')}---${policyManifest('rev-race', 'revs', 'rev-race', READS)}`,
      );
      const token = await fixture().tokenOf('rachel', ['revs']);
      const { resources } = await fixture().asAdmin();
      const opens = Array.from({ length: 30 }, () =>
        proxy.openSession(sessionInput(token, 'rev-race')).then(
          (session) => session,
          () => undefined,
        ),
      );
      await resources.deleteResource({ kind: 'Target', name: 'rev-race' });
      const opened = (await Promise.all(opens)).filter((session) => session !== undefined);
      const ends = await Promise.all(opened.map((session) => ended(session)));
      expect(
        ends.every(({ code, afterMs }) => code === 'target_not_available' && afterMs < FELT_WITHIN_MS),
      ).toBe(true);
      await Promise.all(opened.map((session) => proxy.closeSession(session.id, 'ended')));
    });
  });
}
