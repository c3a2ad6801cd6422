import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  Durability,
  HoldRequirementSchema,
  ObligationsSchema,
  type ApproverGroup,
  type HoldRequirement,
  type Obligations,
} from '@sallyport/contracts/access';
import type { Effect } from '../model.ts';
import type { LimitRule, MaskRule } from './compiled-rule.ts';
import type { DecisionRun, Hit } from './decision-run.ts';

/** Masks and limits of a view; those without a condition left are made once and shared. */
export class ObligationRules {
  readonly #masks: readonly MaskRule[];
  readonly #limits: readonly LimitRule[];
  readonly #isFixed: boolean;
  readonly #fixed = new Map<Durability, Obligations>();

  constructor(masks: readonly MaskRule[], limits: readonly LimitRule[]) {
    this.#masks = masks.filter((rule) => !rule.shadow);
    this.#limits = limits.filter((rule) => !rule.shadow);
    this.#isFixed = [...this.#masks, ...this.#limits].every((rule) => rule.condition === undefined);
  }

  get masks(): readonly MaskRule[] {
    return this.#masks;
  }

  /** What a statement that may run, at once or once approved, is bound to. */
  forStatement(run: DecisionRun, durability: Durability): Obligations {
    if (!this.#isFixed) return this.#make(run, durability);
    let obligations = this.#fixed.get(durability);
    if (obligations === undefined) {
      obligations = this.#make(run, durability);
      this.#fixed.set(durability, obligations);
    }
    return obligations;
  }

  #make(run: DecisionRun, durability: Durability): Obligations {
    return create(ObligationsSchema, {
      durability,
      masks: this.#masks.filter((rule) => run.countsForStatement(rule.condition)).map((rule) => rule.mask),
      limits: this.#limits.filter((rule) => run.countsForStatement(rule.condition)).map((rule) => rule.limit),
    });
  }
}

/** The level that a statement's decision is recorded at before any rule asks for more (DESIGN.md, 2.7). */
export function defaultDurability(effects: readonly Effect[]): Durability {
  for (const effect of effects) if (!effect.readOnly) return Durability.SYNCED;
  return effects.length === 0 ? Durability.SYNCED : Durability.WRITTEN;
}

/** Raised by what the allows ask for, never lowered. */
export function raisedDurability(base: Durability, allowHits: readonly Hit[]): Durability {
  let level = base;
  for (const { rule } of allowHits) if (rule.durability > level) level = rule.durability;
  return level;
}

/** Every hold that counts must be satisfied, within the shortest of their times. */
export function holdRequirement(hits: readonly Hit[]): HoldRequirement {
  return create(HoldRequirementSchema, {
    approverGroups: hits.flatMap(({ rule }): ApproverGroup[] =>
      rule.approvers === undefined ? [] : [rule.approvers],
    ),
    timeout: durationFromMs(Math.min(...hits.map(({ rule }) => rule.timeoutMs))),
  });
}
