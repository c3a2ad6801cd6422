import { buildNoticeResponse } from '@sallyport/codec-postgres';
import type { HoldState } from '@sallyport/contracts/dataplane';
import { runHold, type HeldStatement, type HoldResult, type HoldRunnerOptions } from '@sallyport/proxy-kit';

/**
 * Waits for a human's word. The client is told at once, as a NOTICE: psql and
 * drivers show it while they wait for their answer.
 */
export function holdStatement(
  held: HeldStatement,
  options: HoldRunnerOptions,
  signal: AbortSignal,
  notify: (notice: Buffer) => void,
): Promise<HoldResult> {
  return runHold(held, options, signal, (hold) => {
    notify(heldNotice(held, hold));
  });
}

function heldNotice(held: HeldStatement, hold: HoldState): Buffer {
  const rule = held.decided.decision.rules[0];
  const by = rule === undefined ? '' : ` by rule "${rule.rule}"`;
  const detail = JSON.stringify({
    code: 'held',
    holdId: hold.holdId,
    requestId: held.decided.request.id,
    policy: rule?.policy,
    rule: rule?.rule,
    expiresAt:
      hold.expiresAt === undefined
        ? undefined
        : new Date(Number(hold.expiresAt.seconds) * 1000).toISOString(),
    reviewUrl: hold.reviewUrl === '' ? undefined : hold.reviewUrl,
  });
  return buildNoticeResponse('NOTICE', '00000', `sallyport: held for approval${by}, id ${hold.holdId}`, {
    detail,
    hint: `Wait, or cancel. An approver reviews it with "sallyport holds approve ${hold.holdId}".`,
  });
}
