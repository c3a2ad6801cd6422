import type { HoldState } from '@sallyport/contracts/dataplane';
import type { HeldStatement } from '@sallyport/proxy-kit';

/** What a caller reads while their statement waits: a line for people, one of JSON for agents. */
export function heldText(held: HeldStatement, hold: HoldState): string {
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
  const review = `Wait, or interrupt. An approver reviews it with "sallyport holds approve ${hold.holdId}".`;
  return `sallyport: held for approval${by}, id ${hold.holdId}\r\nsallyport: ${detail}\r\nsallyport: ${review}\r\n`;
}
