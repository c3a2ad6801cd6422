import { create } from '@bufbuild/protobuf';
import {
  Outcome,
  RuleMatchSchema,
  UncoveredSchema,
  type RuleMatch,
  type Uncovered,
} from '@sallyport/contracts/access';
import type { AskedEffect } from './asked-effect.ts';
import type { EffectRule } from './compiled-rule.ts';
import { MAX_UNCOVERED } from './coverage.ts';
import { isNoted, type DecisionRun, type Hit } from './decision-run.ts';
import { firstGranted, firstRestricted } from './meets.ts';
import { unansweredSentence } from './messages.ts';

/** Enforced denies and holds that count, each once, with the first thing it met. */
export function restrictingHits(asked: readonly AskedEffect[], run: DecisionRun): readonly Hit[] {
  const hits: Hit[] = [];
  for (const each of asked) {
    for (const rule of each.plan.restricting) addHit(hits, rule, each, run);
  }
  return hits;
}

/** What the rules of policies in shadow mode would have done, each once. */
export function shadowMatches(asked: readonly AskedEffect[], run: DecisionRun): RuleMatch[] {
  const hits: Hit[] = [];
  for (const each of asked) {
    for (const rule of each.plan.shadow) addHit(hits, rule, each, run);
  }
  return toMatches(hits);
}

/** Looks at the patterns before the condition: they are cheaper, and most rules are about something else. */
function addHit(hits: Hit[], rule: EffectRule, asked: AskedEffect, run: DecisionRun): void {
  const isAllow = rule.outcome === Outcome.ALLOW;
  const object = isAllow ? firstGranted(rule.objects, asked) : firstRestricted(rule.objects, asked);
  if (object === undefined || isNoted(hits, rule) || !run.counts(rule, asked.effect)) return;
  hits.push({ rule, action: asked.action, object, unanswered: run.unanswered(rule, asked.effect) });
}

/** What the token's scope leaves out. */
export function outsideScope(asked: readonly AskedEffect[]): Uncovered[] {
  const outside: Uncovered[] = [];
  for (const { action, plan, objects } of asked) {
    if (plan.inScope || outside.length >= MAX_UNCOVERED) continue;
    outside.push(create(UncoveredSchema, { action, object: objects[0]?.name ?? '' }));
  }
  return outside;
}

const BLANK_MATCH = create(RuleMatchSchema);

export function toMatches(hits: readonly Hit[]): RuleMatch[] {
  return hits.map(({ rule, action, object, unanswered }) => ({
    // Copied, because create() fills a message field by field through reflection.
    ...BLANK_MATCH,
    policy: rule.policy,
    rule: rule.rule,
    outcome: rule.outcome,
    message: unanswered === '' ? rule.message : `${rule.message}${unansweredSentence(unanswered)}`.trim(),
    action,
    object,
  }));
}
