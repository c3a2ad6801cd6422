import { Outcome } from '@sallyport/contracts/access';
import { HoldStatus, type HoldState } from '@sallyport/contracts/dataplane';
import { HoldOutcome } from '@sallyport/contracts/event';
import { AccessError, toAccessError, type AccessErrorCode, type RefusalFacts } from '@sallyport/errors';
import type { ControlPlanePort } from '../control-plane-port.ts';
import type { DecidedStatement } from '../decide/decided-statement.ts';
import { ForwardPermit } from '../proof/forward-permit.ts';
import type { HeldStatement, SessionRecorder } from '../record/session-recorder.ts';
import { fitStatement } from '../record/oversized-statement.ts';
import { toStatement } from '../record/to-statement.ts';

export interface HoldRunnerOptions {
  readonly sessionId: string;
  readonly controlPlane: Pick<
    ControlPlanePort,
    'createHold' | 'watchHold' | 'claimApproval' | 'withdrawHold'
  >;
  readonly recorder: SessionRecorder;
  /** The revision of the view in use; an approval of another one is not claimed. */
  readonly policyRevision: () => string;
}

/** How a hold came out. */
export type HoldResult =
  | { readonly kind: 'permit'; readonly permit: ForwardPermit }
  | { readonly kind: 'refused'; readonly error: AccessError };

/**
 * Waits for a human's word on one statement. The approval is claimed, once,
 * right before the permit is made. Aborting `signal` (the caller cancels or
 * disconnects, the session ends) withdraws the hold.
 */
export async function runHold(
  held: HeldStatement,
  options: HoldRunnerOptions,
  signal: AbortSignal,
  onWaiting: (hold: HoldState) => void,
): Promise<HoldResult> {
  const { decided } = held;
  if (decided.decision.outcome !== Outcome.HOLD) throw new Error('only a held statement can wait');
  let holdId = '';
  try {
    const hold = await options.controlPlane.createHold({
      sessionId: options.sessionId,
      statement: toStatement(fitStatement(decided).decided.request),
      decision: decided.decision,
    });
    holdId = hold.holdId;
    await options.recorder.holdCreated({
      statementId: decided.request.id,
      holdId,
      expiresUnixUs: (hold.expiresAt?.seconds ?? 0n) * 1_000_000n,
    });
    if (hold.status === HoldStatus.WAITING) onWaiting(hold);
    const settled =
      hold.status === HoldStatus.WAITING ? await waitForSettlement(holdId, options, signal) : hold;
    return await settle(decided, settled, options);
  } catch (thrown) {
    if (signal.aborted && holdId !== '') return await withdraw(decided, holdId, options);
    const error = toAccessError(thrown);
    const code = error.code === 'internal' ? 'control_plane_unavailable' : error.code;
    return refused(
      decided,
      code,
      'The statement needs approval, and the control plane could not be asked.',
      holdId,
      error,
    );
  }
}

async function waitForSettlement(
  holdId: string,
  options: HoldRunnerOptions,
  signal: AbortSignal,
): Promise<HoldState> {
  let last: HoldState | null = null;
  for await (const state of options.controlPlane.watchHold(holdId, signal)) {
    if (state.status !== HoldStatus.WAITING && state.status !== HoldStatus.UNSPECIFIED) return state;
    last = state;
  }
  signal.throwIfAborted();
  throw new AccessError(
    'control_plane_unavailable',
    `The wait for a hold ended early (${String(last?.status ?? 'no state')}).`,
  );
}

async function settle(
  decided: DecidedStatement,
  hold: HoldState,
  options: HoldRunnerOptions,
): Promise<HoldResult> {
  const { recorder, controlPlane, sessionId } = options;
  const record = (outcome: HoldOutcome) =>
    recorder.holdSettled({
      statementId: decided.request.id,
      holdId: hold.holdId,
      outcome,
      reviewers: hold.reviewers,
    });
  switch (hold.status) {
    case HoldStatus.APPROVED: {
      await controlPlane.claimApproval({
        holdId: hold.holdId,
        sessionId,
        digest: decided.request.digest(),
        policyRevision: options.policyRevision(),
      });
      await record(HoldOutcome.APPROVED);
      return { kind: 'permit', permit: new ForwardPermit(decided) };
    }
    case HoldStatus.REJECTED: {
      await record(HoldOutcome.REJECTED);
      const words = hold.reviewers.find((reviewer) => !reviewer.approved);
      const by = words === undefined ? 'A reviewer' : words.name;
      const comment = words === undefined || words.comment === '' ? '' : `: ${words.comment}`;
      return refused(decided, 'hold_rejected', `${by} rejected the statement${comment}.`, hold.holdId);
    }
    case HoldStatus.TIMED_OUT:
      await record(HoldOutcome.TIMED_OUT);
      return refused(decided, 'hold_timed_out', 'Nobody reviewed the statement in time.', hold.holdId);
    case HoldStatus.WITHDRAWN:
      await record(HoldOutcome.WITHDRAWN);
      return refused(decided, 'hold_withdrawn', 'The statement was withdrawn.', hold.holdId);
    case HoldStatus.LOCKED:
      await record(HoldOutcome.LOCKED);
      return refused(decided, 'locked', 'A lock ended the wait for approval.', hold.holdId);
    case HoldStatus.USED:
    case HoldStatus.WAITING:
    case HoldStatus.UNSPECIFIED:
    default:
      return refused(decided, 'approval_not_valid', 'The approval cannot be used.', hold.holdId);
  }
}

async function withdraw(
  decided: DecidedStatement,
  holdId: string,
  options: HoldRunnerOptions,
): Promise<HoldResult> {
  const tasks = [
    options.controlPlane.withdrawHold(holdId),
    options.recorder.holdSettled({ statementId: decided.request.id, holdId, outcome: HoldOutcome.WITHDRAWN }),
  ];
  // The hold times out by itself if the control plane cannot be told; the statement is not run either way.
  await Promise.allSettled(tasks);
  return refused(decided, 'hold_withdrawn', 'The statement was withdrawn before it was reviewed.', holdId);
}

function refused(
  decided: DecidedStatement,
  code: AccessErrorCode,
  message: string,
  holdId: string,
  cause?: unknown,
): HoldResult {
  const rule = decided.decision.rules.find((match) => match.outcome === Outcome.HOLD);
  const facts: RefusalFacts = {
    requestId: decided.request.id,
    ...(holdId === '' ? {} : { holdId }),
    ...(rule === undefined
      ? {}
      : { policy: rule.policy, rule: rule.rule, action: rule.action, object: rule.object }),
  };
  return { kind: 'refused', error: new AccessError(code, message, facts, cause) };
}
