import type { Effect, EffectObject } from '../model.ts';
import type { Below } from '../pattern/glob.ts';
import { reachBelow } from '../pattern/reach-below.ts';
import type { ActionPlan, ActionPlans } from './action-plan.ts';

const NO_PARTS: readonly string[] = [];

/** An object of one statement, with the names that rules are matched against worked out once. */
export class AskedObject {
  readonly name: string;
  /**
   * It stands for more than its classifier could list: every restriction meets
   * it, and only a rule about every object covers it.
   */
  readonly isUnlisted: boolean;
  /** What it may hold below its name when no parts are listed. */
  readonly below: Below;
  readonly #parts: readonly string[];
  #partNames: readonly string[] | undefined;

  constructor({ kind, name, parts }: EffectObject) {
    this.name = name;
    this.isUnlisted = kind === 'any' || name === '*';
    this.below = reachBelow(kind);
    this.#parts = parts ?? NO_PARTS;
  }

  /** Full names of the parts that the statement names; empty: it did not say, and touches all of it. */
  get partNames(): readonly string[] {
    return (this.#partNames ??=
      this.#parts.length === 0 ? NO_PARTS : this.#parts.map((part) => `${this.name}.${part}`));
  }
}

/** One effect of a statement and the rules that its action can meet. */
export interface AskedEffect {
  readonly effect: Effect;
  readonly action: string;
  readonly plan: ActionPlan;
  readonly objects: readonly AskedObject[];
}

export function askEffect(effect: Effect, plans: ActionPlans): AskedEffect {
  return {
    effect,
    action: effect.action,
    plan: plans.for(effect.action),
    objects: effect.objects.map((object) => new AskedObject(object)),
  };
}
