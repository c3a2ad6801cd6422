import { create } from '@bufbuild/protobuf';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Outcome, StatementSchema, type Decision, type Statement } from '@sallyport/contracts/access';
import { Verdict } from '@sallyport/contracts/admin';
import { HoldStatus, type HoldState } from '@sallyport/contracts/dataplane';
import type { ControlPlaneClient, OpenedSession } from '@sallyport/control-plane-client';
import type { Fixture } from '../support/fixture.ts';
import { holdRule, policyManifest, READS, targetManifest } from '../support/manifests.ts';
import { sessionInput } from './opening-sessions.ts';

let digests = 0;

function deletion(over: { action?: string; digest?: Uint8Array } = {}): Statement {
  digests += 1;
  const digest =
    over.digest ??
    new Uint8Array(32).fill(digests % 256).map((byte, index) => (index === 0 ? digests >> 8 : byte));
  return create(StatementSchema, {
    id: `st-${String(digests)}`,
    kind: 'sql.simple',
    text: 'DELETE FROM orders WHERE id = 7',
    effects: [{ action: over.action ?? 'sql.delete', objects: [{ kind: 'table', name: 'public.orders' }] }],
    digest,
  });
}

export function holdingSuite(fixture: () => Fixture): void {
  describe('a hold', () => {
    let proxy: ControlPlaneClient;
    let session: OpenedSession;
    let dan: string;

    beforeAll(async () => {
      await fixture().apply(
        `${targetManifest('hold-shop')}---${policyManifest('hold-policy', 'askers', 'hold-shop', `${READS}, ${holdRule('dba')}`)}`,
      );
      proxy = await fixture().proxy();
      session = await open('asker');
      dan = await fixture().tokenOf('dan', ['dba']);
    });

    async function open(
      user: string,
      groups: readonly string[] = ['askers'],
      target = 'hold-shop',
    ): Promise<OpenedSession> {
      return proxy.openSession(sessionInput(await fixture().tokenOf(user, groups), target));
    }

    async function hold(of: OpenedSession, statement = deletion(), by = proxy): Promise<HoldState> {
      const decision = await by.decide(of.id, statement);
      return by.createHold({ sessionId: of.id, statement, decision });
    }

    async function review(token: string, holdId: string, verdict: Verdict = Verdict.APPROVE) {
      const { reviews } = await fixture().as(token);
      return reviews.reviewHold({ holdId, verdict, comment: 'seen' });
    }

    async function settled(holdId: string): Promise<HoldState | undefined> {
      let last: HoldState | undefined;
      for await (const state of proxy.watchHold(holdId, AbortSignal.timeout(10_000))) last = state;
      return last;
    }

    const claimOf = (state: HoldState, statement: Statement, of = session) => ({
      holdId: state.holdId,
      sessionId: of.id,
      digest: statement.digest,
      policyRevision: of.view.revision,
    });

    it('is approved by another, seen by who waits, and used once', async () => {
      const statement = deletion();
      const state = await hold(session, statement);
      expect(state.status).toBe(HoldStatus.WAITING);
      const waiting = settled(state.holdId);
      const { hold: reviewed } = await review(dan, state.holdId);
      expect(reviewed?.state?.status).toBe(HoldStatus.APPROVED);
      expect(await waiting).toMatchObject({
        status: HoldStatus.APPROVED,
        reviewers: [{ name: 'dan', approved: true, comment: 'seen' }],
      });
      await proxy.claimApproval(claimOf(state, statement));
      await expect(proxy.claimApproval(claimOf(state, statement))).rejects.toMatchObject({
        code: 'approval_not_valid',
      });
      const again = await hold(session, statement);
      expect(again).toMatchObject({ status: HoldStatus.WAITING });
      expect(again.holdId).not.toBe(state.holdId);
    });

    it('is used by one of fifty that claim at the same time', async () => {
      const statement = deletion();
      const state = await hold(session, statement);
      await review(dan, state.holdId);
      const claims = await Promise.allSettled(
        Array.from({ length: 50 }, () => proxy.claimApproval(claimOf(state, statement))),
      );
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('is shown to reviewers with what it would do, and to nobody else', async () => {
      const statement = deletion();
      const { holdId } = await hold(session, statement);
      const { reviews } = await fixture().as(dan);
      const { holds } = await reviews.listHolds({});
      expect(holds.find(({ state }) => state?.holdId === holdId)).toMatchObject({
        principal: { name: 'asker' },
        target: { name: 'hold-shop' },
        statement: { text: 'DELETE FROM orders WHERE id = 7', effects: [{ action: 'sql.delete' }] },
        rules: [{ policy: 'hold-policy', rule: 'changes' }],
        reviewable: true,
      });
      const stranger = await fixture().as(await fixture().tokenOf('stranger'));
      expect((await stranger.reviews.listHolds({})).holds).toEqual([]);
      await expect(stranger.reviews.getHold({ holdId })).rejects.toThrow(/no hold/);
      const asker = await fixture().as(await fixture().tokenOf('asker', ['askers']));
      expect((await asker.reviews.getHold({ holdId })).hold).toMatchObject({ reviewable: false });
    });

    it('is not approved by who asked, though they are an approver, nor by who is none', async () => {
      const own = await open('dora', ['askers', 'dba']);
      const { holdId } = await hold(own);
      const dora = await fixture().tokenOf('dora', ['dba']);
      await expect(review(dora, holdId)).rejects.toThrow(/own statement/);
      await expect(review(await fixture().tokenOf('nobody'), holdId)).rejects.toThrow(/approver/);
      await expect(review(await fixture().adminToken(), holdId)).rejects.toThrow(/approver/);
    });

    it('is not approved with a token that was narrowed', async () => {
      const { holdId } = await hold(session);
      const narrowed = await fixture().tokenOf('dan', ['dba'], { scope: 'sql.read' });
      await expect(review(narrowed, holdId)).rejects.toThrow(/not narrowed/);
    });

    it('is settled by one rejection, and then by nobody any more', async () => {
      const state = await hold(session);
      await review(dan, state.holdId, Verdict.REJECT);
      expect((await settled(state.holdId))?.status).toBe(HoldStatus.REJECTED);
      await expect(review(await fixture().tokenOf('dave', ['dba']), state.holdId)).rejects.toThrow(/settled/);
      await expect(proxy.claimApproval(claimOf(state, deletion()))).rejects.toMatchObject({
        code: 'approval_not_valid',
      });
    });

    it('with a count of two takes two distinct reviewers, also when they come at the same time', async () => {
      await fixture().apply(
        `${targetManifest('hold-two')}---${policyManifest('hold-two', 'askers', 'hold-two', holdRule('dba', ', count: 2'))}`,
      );
      const two = await open('asker', ['askers'], 'hold-two');
      const { holdId } = await hold(two);
      const first = await review(dan, holdId);
      expect(first.hold?.state?.status).toBe(HoldStatus.WAITING);
      await expect(review(dan, holdId)).rejects.toThrow(/another approver/);
      const second = await review(await fixture().tokenOf('dave', ['dba']), holdId);
      expect(second.hold?.state?.status).toBe(HoldStatus.APPROVED);
      const { holdId: raced } = await hold(two);
      const dave = await fixture().tokenOf('dave', ['dba']);
      await Promise.all([review(dan, raced), review(dave, raced)]);
      expect((await settled(raced))?.status).toBe(HoldStatus.APPROVED);
    });

    it('covers nothing else: another digest, session, principal, target or policy', async () => {
      const statement = deletion();
      const state = await hold(session, statement);
      await review(dan, state.holdId);
      const other = await open('somebody-else');
      const refused = { code: 'approval_not_valid' };
      await expect(
        proxy.claimApproval({ ...claimOf(state, statement), digest: new Uint8Array(32) }),
      ).rejects.toMatchObject(refused);
      await expect(
        proxy.claimApproval({ ...claimOf(state, statement), policyRevision: 'other' }),
      ).rejects.toMatchObject(refused);
      await expect(proxy.claimApproval(claimOf(state, statement, other))).rejects.toMatchObject(refused);
      await expect(
        proxy.claimApproval({ ...claimOf(state, statement), sessionId: 'ses_none' }),
      ).rejects.toMatchObject({ code: 'session_ended_by_admin' });
      await proxy.claimApproval(claimOf(state, statement));
    });

    it('that was approved is given back to the same principal for the same statement, not for another', async () => {
      const statement = deletion();
      const state = await hold(session, statement);
      await review(dan, state.holdId);
      const later = await open('asker');
      expect(await hold(later, statement)).toMatchObject({
        holdId: state.holdId,
        status: HoldStatus.APPROVED,
      });
      expect((await hold(later, deletion())).holdId).not.toBe(state.holdId);
      expect((await hold(await open('somebody-else'), statement)).holdId).not.toBe(state.holdId);
      await proxy.claimApproval(claimOf(state, statement, later));
    });

    it('cannot be used once the policy that it was made under has changed', async () => {
      await fixture().apply(
        `${targetManifest('hold-turn')}---${policyManifest('hold-turn', 'askers', 'hold-turn', holdRule('dba'))}`,
      );
      const turning = await open('asker', ['askers'], 'hold-turn');
      const statement = deletion();
      const state = await hold(turning, statement);
      const before = turning.view.revision;
      await review(dan, state.holdId);
      await fixture().apply(
        policyManifest('hold-turn', 'askers', 'hold-turn', `${READS}, ${holdRule('dba')}`),
      );
      for (const policyRevision of [before, turning.view.revision]) {
        await expect(
          proxy.claimApproval({ ...claimOf(state, statement, turning), policyRevision }),
        ).rejects.toMatchObject({ code: 'approval_not_valid' });
      }
      await expect(
        proxy.createHold({
          sessionId: turning.id,
          statement: deletion(),
          decision: { policyRevision: before } as Decision,
        }),
      ).rejects.toMatchObject({ code: 'policy_stale' });
    });

    it('is made for what the statement does, whatever the proxy says was decided', async () => {
      const decision = await proxy.decide(session.id, deletion());
      expect(decision.outcome).toBe(Outcome.HOLD);
      const drop = deletion({ action: 'sql.ddl.drop' });
      await expect(
        proxy.createHold({ sessionId: session.id, statement: drop, decision }),
      ).rejects.toMatchObject({ code: 'no_rule_covers' });
      const read = deletion({ action: 'sql.read' });
      await expect(
        proxy.createHold({ sessionId: session.id, statement: read, decision }),
      ).rejects.toMatchObject({ code: 'policy_stale' });
      const empty = deletion({ digest: new Uint8Array() });
      await expect(
        proxy.createHold({ sessionId: session.id, statement: empty, decision }),
      ).rejects.toMatchObject({ code: 'protocol_violation' });
    });

    it('ends when its time is over', async () => {
      await fixture().apply(
        `${targetManifest('hold-short')}---${policyManifest('hold-short', 'askers', 'hold-short', holdRule('dba').replace('30s', '1s'))}`,
      );
      const { holdId } = await hold(await open('asker', ['askers'], 'hold-short'));
      expect((await settled(holdId))?.status).toBe(HoldStatus.TIMED_OUT);
      await expect(review(dan, holdId)).rejects.toThrow(/settled/);
    });

    it('ends when the caller no longer waits', async () => {
      const { holdId } = await hold(session);
      const waiting = settled(holdId);
      await proxy.withdrawHold(holdId);
      expect((await waiting)?.status).toBe(HoldStatus.WITHDRAWN);
    });

    it('ends with a lock, also after it was approved', async () => {
      const locked = await open('lockee');
      const waits = await hold(locked);
      const statement = deletion();
      const approved = await hold(locked, statement);
      await review(dan, approved.holdId);
      const waiting = settled(waits.holdId);
      const { access } = await fixture().asAdmin();
      const { lock } = await access.createLock({ principalId: locked.principal.id, reason: 'test' });
      expect((await waiting)?.status).toBe(HoldStatus.LOCKED);
      await expect(proxy.claimApproval(claimOf(approved, statement, locked))).rejects.toMatchObject({
        code: 'locked',
      });
      await access.deleteLock({ lockId: lock?.lockId ?? '' });
      await expect(proxy.claimApproval(claimOf(approved, statement, locked))).rejects.toMatchObject({
        code: expect.stringMatching(/approval_not_valid|session_ended_by_admin/),
      });
    });

    it('is not reviewed by who is locked out of the target', async () => {
      const { holdId } = await hold(session);
      const lena = await fixture().tokenOf('lena', ['dba', 'locked-reviewers']);
      const { access } = await fixture().asAdmin();
      const { lock } = await access.createLock({
        group: 'locked-reviewers',
        targetName: 'hold-shop',
        reason: 'test',
      });
      await expect(review(lena, holdId)).rejects.toThrow(/locked/);
      await access.deleteLock({ lockId: lock?.lockId ?? '' });
    });

    it('is none of another proxy', async () => {
      const { holdId } = await hold(session);
      const other = await fixture().proxy();
      await expect(other.withdrawHold(holdId)).rejects.toMatchObject({ code: 'approval_not_valid' });
      await expect(other.watchHold(holdId, AbortSignal.timeout(5_000)).next()).rejects.toMatchObject({
        code: 'approval_not_valid',
      });
    });
  });
}
