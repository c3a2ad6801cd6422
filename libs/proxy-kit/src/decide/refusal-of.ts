import { Outcome } from '@sallyport/contracts/access';
import { ACCESS_ERROR_CODES, AccessError, type AccessErrorCode, type RefusalFacts } from '@sallyport/errors';
import type { DecidedStatement } from './decided-statement.ts';

/** A denied statement as the error that its caller gets. */
export function refusalOf(decided: DecidedStatement): AccessError {
  const { decision, request } = decided;
  const rule = decision.rules.find((match) => match.outcome === Outcome.DENY);
  const uncovered = decision.uncovered[0];
  const place =
    rule !== undefined
      ? { policy: rule.policy, rule: rule.rule, action: rule.action, object: rule.object }
      : uncovered !== undefined
        ? { action: uncovered.action, object: uncovered.object }
        : {};
  const facts: RefusalFacts = { requestId: request.id, ...withoutEmpty(place) };
  return new AccessError(codeOf(decision.code), decision.message || 'The statement was refused.', facts);
}

function codeOf(code: string): AccessErrorCode {
  return ACCESS_ERROR_CODES.find((known) => known === code) ?? 'internal';
}

function withoutEmpty(facts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''));
}
