import { Outcome } from '@sallyport/contracts/access';
import type { Condition } from '../condition/condition.ts';
import { staticRoots, type SessionRoots } from '../condition/context.ts';
import { Failure } from '../condition/value.ts';
import type { CompiledRules, EffectRule } from './compiled-rule.ts';

/**
 * Answers once and for all the conditions that read only the session: a rule
 * whose condition is false can never count and goes, one whose condition is
 * true loses it. Where there is no answer, an allow goes and everything else
 * stays: it restricts, so it fails closed.
 */
export function settleRules(rules: CompiledRules, session: SessionRoots): CompiledRules {
  const roots = staticRoots(session);
  const settle = <R extends { readonly condition: Condition | undefined }>(
    rule: R,
    isAllow: boolean,
  ): R[] => {
    if (rule.condition?.reads.sessionOnly !== true) return [rule];
    const answer = rule.condition.evaluate(roots);
    if (answer instanceof Failure) {
      return isAllow ? [] : [{ ...rule, condition: undefined, unanswered: answer.message }];
    }
    return answer ? [{ ...rule, condition: undefined }] : [];
  };
  return {
    effectRules: rules.effectRules.flatMap((rule: EffectRule) =>
      settle(rule, rule.outcome === Outcome.ALLOW),
    ),
    maskRules: rules.maskRules.flatMap((rule) => settle(rule, false)),
    limitRules: rules.limitRules.flatMap((rule) => settle(rule, false)),
  };
}
