import { create } from '@bufbuild/protobuf';
import {
  Outcome,
  RuleMatchSchema,
  UncoveredSchema,
  type RuleMatch,
  type Uncovered,
} from '@sallyport/contracts/access';
import type { StatementInput } from '../model.ts';
import type { ActionPlan } from './action-plan.ts';
import { MAX_UNCOVERED } from './coverage.ts';
import type { DecisionRun, Hit } from './decision-run.ts';
import { unansweredSentence } from './messages.ts';
import { firstGranted, firstRestricted } from './meets.ts';

/** Enforced denies and holds that count, each once, with the first thing it met. */
export function restrictingHits(
  { effects }: StatementInput,
  plans: readonly ActionPlan[],
  run: DecisionRun,
): readonly Hit[] {
  const hits: Hit[] = [];
  for (const [i, effect] of effects.entries()) {
    for (const rule of plans[i]?.restricting ?? []) {
      if (hits.some((hit) => hit.rule === rule)) continue;
      const object = firstRestricted(rule.objects, effect);
      if (object === undefined || !run.counts(rule, effect)) continue;
      hits.push({ rule, action: effect.action, object, unanswered: run.unanswered(rule, effect) });
    }
  }
  return hits;
}

/** What the rules of policies in shadow mode would have done, each once. */
export function shadowMatches(
  { effects }: StatementInput,
  plans: readonly ActionPlan[],
  run: DecisionRun,
): RuleMatch[] {
  const hits: Hit[] = [];
  for (const [i, effect] of effects.entries()) {
    for (const rule of plans[i]?.shadow ?? []) {
      if (hits.some((hit) => hit.rule === rule)) continue;
      const first = rule.outcome === Outcome.ALLOW ? firstGranted : firstRestricted;
      const object = first(rule.objects, effect);
      if (object === undefined || !run.counts(rule, effect)) continue;
      hits.push({ rule, action: effect.action, object, unanswered: run.unanswered(rule, effect) });
    }
  }
  return toMatches(hits);
}

/** What the token's scope leaves out. */
export function outsideScope({ effects }: StatementInput, plans: readonly ActionPlan[]): Uncovered[] {
  const outside: Uncovered[] = [];
  for (const [i, effect] of effects.entries()) {
    if (plans[i]?.inScope === true || outside.length >= MAX_UNCOVERED) continue;
    outside.push(create(UncoveredSchema, { action: effect.action, object: effect.objects[0]?.name ?? '' }));
  }
  return outside;
}

export function toMatches(hits: readonly Hit[]): RuleMatch[] {
  return hits.map(({ rule, action, object, unanswered }) =>
    create(RuleMatchSchema, {
      policy: rule.policy,
      rule: rule.rule,
      outcome: rule.outcome,
      message: `${rule.message}${unansweredSentence(unanswered)}`.trim(),
      action,
      object,
    }),
  );
}
