import { create } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { AccessError } from '@sallyport/errors';
import {
  ApproverGroupSchema,
  Durability,
  LimitObligationSchema,
  MaskObligationSchema,
  Outcome,
  type ApproverGroup,
  type LimitObligation,
  type MaskObligation,
} from '@sallyport/contracts/access';
import {
  PolicyMode,
  type Hold,
  type PolicyView,
  type Rule,
  type ViewPolicy,
} from '@sallyport/contracts/policy';
import { compileCondition, type Condition, type ConditionScope } from '../condition/condition.ts';
import { isMaskStrategy } from '../manifest/vocabulary.ts';
import { actionPatternProblem } from '../pattern/action-pattern.ts';
import { ObjectPatterns, objectPatternProblem } from '../pattern/object-patterns.ts';

/** How long a hold waits where its rule does not say. */
export const DEFAULT_HOLD_TIMEOUT_MS = 5 * 60_000;

/** Who a rule is, and when it counts. */
interface RuleHead {
  readonly policy: string;
  readonly rule: string;
  /** Recorded, never enforced. */
  readonly shadow: boolean;
  /** Undefined: always. */
  readonly condition: Condition | undefined;
  /** Why its condition has no answer in this session, where it counts because of that; else empty. */
  readonly unanswered: string;
}

/** A rule about effects: it allows, denies or holds actions on objects. */
export interface EffectRule extends RuleHead {
  readonly outcome: typeof Outcome.ALLOW | typeof Outcome.DENY | typeof Outcome.HOLD;
  readonly actions: readonly string[];
  readonly objects: ObjectPatterns;
  readonly message: string;
  /** What an allow asks for beyond the default. */
  readonly durability: Durability;
  /** Set for a hold. */
  readonly approvers: ApproverGroup | undefined;
  readonly timeoutMs: number;
}

export interface MaskRule extends RuleHead {
  readonly mask: MaskObligation;
}

export interface LimitRule extends RuleHead {
  readonly limit: LimitObligation;
}

/** All rules of a view, each list sorted by policy and rule so that order in the view cannot matter. */
export interface CompiledRules {
  readonly effectRules: readonly EffectRule[];
  readonly maskRules: readonly MaskRule[];
  readonly limitRules: readonly LimitRule[];
}

/**
 * Compiles every rule. A view that holds something this version does not know
 * (a mode, a verb, a strategy, a pattern or condition that does not compile) is
 * refused as a whole: a rule left out could be the one that denies.
 *
 * @throws AccessError `internal`
 */
export function compileRules(view: PolicyView): CompiledRules {
  const effectRules: EffectRule[] = [];
  const maskRules: MaskRule[] = [];
  const limitRules: LimitRule[] = [];
  for (const policy of [...view.policies].sort((a, b) => compareText(a.name, b.name))) {
    for (const rule of [...policy.rules].sort((a, b) => compareText(a.name, b.name))) {
      const { verb } = rule;
      switch (verb.case) {
        case 'allow':
        case 'deny':
        case 'hold':
          effectRules.push(compileEffectRule(policy, rule, verb));
          break;
        case 'mask':
          maskRules.push({
            ...head(policy, rule, 'statement'),
            mask: maskObligation(policy, rule, verb.value),
          });
          break;
        case 'limit':
          limitRules.push({
            ...head(policy, rule, 'statement'),
            limit: limitObligation(policy, rule, verb.value),
          });
          break;
        case undefined:
          throw refuse(policy, rule, 'it has no verb');
      }
    }
  }
  return { effectRules, maskRules, limitRules };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function refuse(policy: ViewPolicy, rule: Rule, reason: string): AccessError {
  return new AccessError(
    'internal',
    'The policy for this session cannot be used.',
    {
      policy: policy.name,
      rule: rule.name,
    },
    new Error(`rule "${rule.name}" of policy "${policy.name}": ${reason}`),
  );
}

function head(policy: ViewPolicy, rule: Rule, scope: ConditionScope): RuleHead {
  if (policy.mode !== PolicyMode.ENFORCE && policy.mode !== PolicyMode.SHADOW) {
    throw refuse(policy, rule, `mode ${policy.mode} is not known`);
  }
  const compiled = rule.when === '' ? undefined : compileCondition(rule.when, scope);
  if (compiled?.problem !== undefined) throw refuse(policy, rule, compiled.problem.message);
  return {
    policy: policy.name,
    rule: rule.name,
    shadow: policy.mode === PolicyMode.SHADOW,
    condition: compiled?.condition,
    unanswered: '',
  };
}

type EffectVerb = Extract<Rule['verb'], { case: 'allow' | 'deny' | 'hold' }>;

const OUTCOMES = { allow: Outcome.ALLOW, deny: Outcome.DENY, hold: Outcome.HOLD } as const;

function compileEffectRule(policy: ViewPolicy, rule: Rule, verb: EffectVerb): EffectRule {
  const { actions, objects } = verb.value;
  if (actions.length === 0) throw refuse(policy, rule, 'it names no action');
  for (const problem of [...actions.map(actionPatternProblem), ...objects.map(objectPatternProblem)]) {
    if (problem !== undefined) throw refuse(policy, rule, problem);
  }
  const hold = verb.case === 'hold' ? verb.value : undefined;
  return {
    ...head(policy, rule, 'effect'),
    outcome: OUTCOMES[verb.case],
    actions,
    objects: new ObjectPatterns(objects),
    message: verb.case === 'allow' ? '' : verb.value.message,
    durability: verb.case === 'allow' ? verb.value.durability : Durability.UNSPECIFIED,
    approvers: hold && approverGroup(policy, rule, hold),
    timeoutMs: hold?.timeout === undefined ? DEFAULT_HOLD_TIMEOUT_MS : durationMs(hold.timeout),
  };
}

function approverGroup(policy: ViewPolicy, rule: Rule, hold: Hold): ApproverGroup {
  return create(ApproverGroupSchema, {
    policy: policy.name,
    rule: rule.name,
    anyOf: hold.approvers,
    count: Math.max(hold.count, 1),
  });
}

type MaskVerb = Extract<Rule['verb'], { case: 'mask' }>['value'];
type LimitVerb = Extract<Rule['verb'], { case: 'limit' }>['value'];

function maskObligation(policy: ViewPolicy, rule: Rule, mask: MaskVerb): MaskObligation {
  if (!isMaskStrategy(mask.strategy)) throw refuse(policy, rule, `strategy "${mask.strategy}" is not known`);
  for (const problem of mask.columns.map(objectPatternProblem)) {
    if (problem !== undefined) throw refuse(policy, rule, problem);
  }
  return create(MaskObligationSchema, {
    policy: policy.name,
    rule: rule.name,
    columns: mask.columns,
    detectors: mask.detectors,
    strategy: mask.strategy,
    keep: mask.keep,
  });
}

function limitObligation(policy: ViewPolicy, rule: Rule, limit: LimitVerb): LimitObligation {
  return create(LimitObligationSchema, {
    policy: policy.name,
    rule: rule.name,
    scope: limit.scope,
    rows: limit.rows,
    bytes: limit.bytes,
  });
}
