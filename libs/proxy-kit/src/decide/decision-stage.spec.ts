import { Outcome, type Decision } from '@sallyport/contracts/access';
import { UpstreamSchema } from '@sallyport/contracts/dataplane';
import { SessionCertificateSchema } from '@sallyport/contracts/event';
import type { PolicyView } from '@sallyport/contracts/policy';
import { create } from '@bufbuild/protobuf';
import { AccessError } from '@sallyport/errors';
import { buildPolicyView, buildPrincipal, buildTarget } from '@sallyport/testing';
import { describe, expect, it } from '@jest/globals';
import type { OpenedSession } from '../control-plane-port.ts';
import { decision, statementRequest } from '../fixtures/statements.ts';
import { DecisionStage } from './decision-stage.ts';

const ALLOW_READS = { name: 'reads', verb: { case: 'allow' as const, value: { actions: ['sql.read'] } } };
const HOLD_READS = {
  name: 'reads',
  verb: { case: 'hold' as const, value: { actions: ['sql.read'], approvers: [{ group: 'dba' }], count: 1 } },
};

function stageWith(
  view: PolicyView,
  decide: () => Promise<Decision> = () =>
    Promise.reject(new AccessError('control_plane_unavailable', 'away')),
) {
  let onView: (view: PolicyView) => void = () => undefined;
  const fresh = { value: true };
  const session: OpenedSession = {
    id: 'ses_1',
    principal: buildPrincipal(),
    target: buildTarget(),
    upstream: create(UpstreamSchema),
    view,
    certificate: create(SessionCertificateSchema),
    expiresAt: new Date(1e12),
    onView: (listener) => {
      onView = listener;
    },
    onEnd: () => undefined,
    isViewFresh: () => fresh.value,
  };
  const revisions: string[] = [];
  const stage = new DecisionStage({
    session,
    controlPlane: { decide },
    clientAddress: '',
    clientName: '',
    nowMs: () => 0,
    onRevision: (revision) => revisions.push(revision),
  });
  return {
    stage,
    fresh,
    revisions,
    change: (next: PolicyView) => {
      onView(next);
    },
  };
}

describe('DecisionStage', () => {
  it('decides at once against a fresh view, and keeps what can be kept by the form of the statement', () => {
    const { stage } = stageWith(buildPolicyView([ALLOW_READS]));
    const request = statementRequest();
    const first = stage.decide(request);
    const second = stage.decide({ ...request, id: 'ses_1-2' });
    if (first instanceof Promise || second instanceof Promise) throw new Error('it waited');
    expect(first.decision.outcome).toBe(Outcome.ALLOW);
    expect(second.decision).toBe(first.decision);
  });

  it('forgets what it kept when the view changes', () => {
    const { stage, revisions, change } = stageWith(buildPolicyView([ALLOW_READS]));
    const request = statementRequest();
    void stage.decide(request);
    change(buildPolicyView([], { revision: 'revision-2' }));
    const after = stage.decide(request);
    if (after instanceof Promise) throw new Error('it waited');
    expect(after.decision.outcome).toBe(Outcome.DENY);
    expect(revisions).toEqual(['revision-2']);
  });

  it('asks the control plane when the view is stale, and refuses when that does not answer', async () => {
    const asked = stageWith(buildPolicyView([ALLOW_READS]), () =>
      Promise.resolve(decision({ outcome: Outcome.DENY, code: 'denied_by_rule' })),
    );
    asked.fresh.value = false;
    expect((await asked.stage.decide(statementRequest())).decision.code).toBe('denied_by_rule');
    const away = stageWith(buildPolicyView([ALLOW_READS]));
    away.fresh.value = false;
    const refused = (await away.stage.decide(statementRequest())).decision;
    expect(refused.outcome).toBe(Outcome.DENY);
    expect(refused.code).toBe('control_plane_unavailable');
  });

  it('takes no answer for an answer', async () => {
    const { stage, fresh } = stageWith(buildPolicyView([ALLOW_READS]), () =>
      Promise.resolve(decision({ outcome: Outcome.UNSPECIFIED })),
    );
    fresh.value = false;
    expect((await stage.decide(statementRequest())).decision.outcome).toBe(Outcome.DENY);
  });

  it('does not decide with a view that does not compile', async () => {
    const { stage } = stageWith(buildPolicyView([{ ...ALLOW_READS, when: 'this is not CEL' }]));
    expect(stage.compiled).toBeNull();
    expect((await stage.decide(statementRequest())).decision.outcome).toBe(Outcome.DENY);
  });

  it('lets what would be held be prepared, and denies what is denied', () => {
    const { stage } = stageWith(buildPolicyView([HOLD_READS]));
    const prepared = stage.decidePreparation(statementRequest());
    const run = stage.decide(statementRequest());
    if (prepared instanceof Promise || run instanceof Promise) throw new Error('it waited');
    expect([prepared.decision.outcome, run.decision.outcome]).toEqual([Outcome.ALLOW, Outcome.HOLD]);
    const denied = stageWith(buildPolicyView([])).stage.decidePreparation(statementRequest());
    if (denied instanceof Promise) throw new Error('it waited');
    expect(denied.decision.outcome).toBe(Outcome.DENY);
  });
});
