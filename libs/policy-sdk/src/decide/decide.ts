import { create } from '@bufbuild/protobuf';
import {
  DecisionSchema,
  DecisionSource,
  Durability,
  ObligationsSchema,
  Outcome,
  type Decision,
  type Uncovered,
} from '@sallyport/contracts/access';
import type { AccessErrorCode } from '@sallyport/errors';
import type { SessionRoots } from '../condition/context.ts';
import type { PolicyDecision, StatementInput } from '../model.ts';
import { isUnknownAction } from '../pattern/action-pattern.ts';
import type { ActionPlans } from './action-plan.ts';
import { askEffect, type AskedEffect } from './asked-effect.ts';
import { Coverage } from './coverage.ts';
import { DecisionRun, type Hit } from './decision-run.ts';
import { outsideScope, restrictingHits, shadowMatches, toMatches } from './hits.ts';
import { NO_EFFECTS_MESSAGE, denyMessage, holdMessage, notCoveredMessage } from './messages.ts';
import { defaultDurability, holdRequirement, raisedDurability, type ObligationRules } from './obligations.ts';

/** Decides on statements, one after the other; keeps nothing of them. */
export class Decider {
  readonly #plans: ActionPlans;
  readonly #obligations: ObligationRules;
  readonly #session: SessionRoots;
  readonly #blank: Decision;

  constructor(revision: string, plans: ActionPlans, obligations: ObligationRules, session: SessionRoots) {
    this.#plans = plans;
    this.#obligations = obligations;
    this.#session = session;
    this.#blank = create(DecisionSchema, { policyRevision: revision, source: DecisionSource.VIEW });
  }

  /**
   * Every rule that matches counts. The ladder: any deny; anything outside the
   * token's scope; anything that no rule covers; any hold; allow.
   */
  decide(statement: StatementInput, now: Date): PolicyDecision {
    const run = new DecisionRun(this.#session, statement, now);
    const asked = statement.effects.map((effect) => askEffect(effect, this.#plans));
    const decision = this.#climb(statement, asked, run);
    decision.shadow = shadowMatches(asked, run);
    return { decision, reusable: run.reusable };
  }

  #climb(statement: StatementInput, asked: readonly AskedEffect[], run: DecisionRun): Decision {
    const { effects } = statement;
    const durability = defaultDurability(effects);
    if (effects.length === 0) return this.#deny('statement_not_understood', NO_EFFECTS_MESSAGE, durability);

    const restricted = restrictingHits(asked, run);
    const denies = restricted.filter(({ rule }) => rule.outcome === Outcome.DENY);
    if (denies.length > 0) return this.#deny('denied_by_rule', denyMessage(denies), durability, denies);

    const outside = outsideScope(asked);
    if (outside.length > 0) return this.#refuse('outside_token_scope', outside, false, durability);

    const coverage = new Coverage(run);
    for (const each of asked) coverage.add(each);
    if (coverage.uncovered.length > 0) {
      const isUnknown = coverage.uncovered.some(({ action }) => isUnknownAction(action));
      const code = isUnknown ? 'statement_not_understood' : 'no_rule_covers';
      return this.#refuse(code, coverage.uncovered, coverage.isCut, durability);
    }
    return this.#letThrough(restricted, coverage.allowHits, durability, run);
  }

  #letThrough(holds: readonly Hit[], allows: readonly Hit[], base: Durability, run: DecisionRun): Decision {
    const isHeld = holds.length > 0;
    const floor = isHeld && base < Durability.SYNCED ? Durability.SYNCED : base;
    const obligations = this.#obligations.forStatement(run, raisedDurability(floor, allows));
    const decision = { ...this.#blank, uncovered: [], shadow: [], obligations };
    if (!isHeld) return { ...decision, outcome: Outcome.ALLOW, rules: toMatches(allows) };
    const hold = holdRequirement(holds);
    return {
      ...decision,
      outcome: Outcome.HOLD,
      code: 'hold_pending' satisfies AccessErrorCode,
      message: holdMessage(holds, hold),
      rules: toMatches(holds),
      hold,
    };
  }

  #refuse(code: AccessErrorCode, uncovered: Uncovered[], isCut: boolean, durability: Durability): Decision {
    return { ...this.#deny(code, notCoveredMessage(code, uncovered, isCut), durability), uncovered };
  }

  #deny(code: AccessErrorCode, message: string, durability: Durability, hits: readonly Hit[] = []): Decision {
    return {
      ...this.#blank,
      outcome: Outcome.DENY,
      code,
      message,
      rules: toMatches(hits),
      uncovered: [],
      shadow: [],
      obligations: create(ObligationsSchema, { durability }),
    };
  }
}
