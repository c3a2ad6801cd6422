import { Outcome } from '@sallyport/contracts/access';
import { grantsAction, reachesAction } from '../pattern/action-pattern.ts';
import type { EffectRule } from './compiled-rule.ts';

/** The rules that one action can meet. */
export interface ActionPlan {
  /** Whether the token's scope covers the action. */
  readonly inScope: boolean;
  /** Enforced denies and holds that reach the action. */
  readonly restricting: readonly EffectRule[];
  /** Enforced allows and holds that cover the action. */
  readonly covering: readonly EffectRule[];
  /** Rules in shadow mode that the action meets. */
  readonly shadow: readonly EffectRule[];
}

/** Most actions that are remembered; callers choose some of them (HTTP methods), so there must be a bound. */
const MAX_PLANS = 512;

/** Sorts the rules of a view by action, when an action is first seen. */
export class ActionPlans {
  readonly #rules: readonly EffectRule[];
  readonly #scopeActions: readonly string[];
  readonly #plans = new Map<string, ActionPlan>();

  constructor(rules: readonly EffectRule[], scopeActions: readonly string[]) {
    this.#rules = rules;
    this.#scopeActions = scopeActions;
  }

  for(action: string): ActionPlan {
    let plan = this.#plans.get(action);
    if (plan === undefined) {
      plan = this.#make(action);
      if (this.#plans.size >= MAX_PLANS) this.#plans.clear();
      this.#plans.set(action, plan);
    }
    return plan;
  }

  #make(action: string): ActionPlan {
    const grants = ({ actions }: EffectRule): boolean =>
      actions.some((pattern) => grantsAction(pattern, action));
    const reaches = ({ actions }: EffectRule): boolean =>
      actions.some((pattern) => reachesAction(pattern, action));
    const enforced = this.#rules.filter((rule) => !rule.shadow);
    const scope = this.#scopeActions;
    return {
      inScope: scope.length === 0 || scope.some((pattern) => grantsAction(pattern, action)),
      restricting: enforced.filter((rule) => rule.outcome !== Outcome.ALLOW && reaches(rule)),
      covering: enforced.filter((rule) => rule.outcome !== Outcome.DENY && grants(rule)),
      shadow: this.#rules.filter(
        (rule) => rule.shadow && (rule.outcome === Outcome.ALLOW ? grants(rule) : reaches(rule)),
      ),
    };
  }
}
