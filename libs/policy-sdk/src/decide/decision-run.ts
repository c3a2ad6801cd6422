import { Outcome } from '@sallyport/contracts/access';
import type { Condition } from '../condition/condition.ts';
import { StatementRoots, type SessionRoots } from '../condition/context.ts';
import { Budget } from '../condition/frame.ts';
import { Failure } from '../condition/value.ts';
import type { Effect, StatementInput } from '../model.ts';
import type { EffectRule } from './compiled-rule.ts';

/** A rule that counts, and the first thing it met. */
export interface Hit {
  readonly rule: EffectRule;
  readonly action: string;
  readonly object: string;
  /** Why its condition had no answer, where it counts because of that; else empty. */
  readonly unanswered: string;
}

/** Whether a rule is among the hits. */
export function isNoted(hits: readonly Hit[], rule: EffectRule): boolean {
  for (const hit of hits) if (hit.rule === rule) return true;
  return false;
}

/** The conditions of one decision: each answered once for the statement, or once for each effect it reads. */
export class DecisionRun {
  readonly #session: SessionRoots;
  readonly #statement: StatementInput;
  readonly #now: Date;
  #roots: StatementRoots | undefined;
  #answers: Map<Condition, boolean | Failure> | undefined;
  #answersForEffect: Effect | undefined;
  #effectAnswers: Map<Condition, boolean | Failure> | undefined;
  #budgets: Map<Condition, Budget> | undefined;
  #reusable = true;

  constructor(session: SessionRoots, statement: StatementInput, now: Date) {
    this.#session = session;
    this.#statement = statement;
    this.#now = now;
  }

  /** False once a condition was asked that may answer otherwise for the same effects. */
  get reusable(): boolean {
    return this.#reusable;
  }

  /** Whether a rule about effects counts for this one. Without an answer an allow does not, all else does. */
  counts(rule: EffectRule, effect: Effect): boolean {
    if (rule.condition === undefined) return true;
    const answer = this.#answer(rule.condition, effect);
    return answer instanceof Failure ? rule.outcome !== Outcome.ALLOW : answer;
  }

  /** Why the condition of a rule that counts had no answer; empty where it had one. */
  unanswered(rule: EffectRule, effect: Effect): string {
    if (rule.condition === undefined) return rule.unanswered;
    const answer = this.#answer(rule.condition, effect);
    return answer instanceof Failure ? answer.message : '';
  }

  /** Whether a rule about the whole statement (mask, limit) counts; without an answer it does. */
  countsForStatement(condition: Condition | undefined): boolean {
    return condition === undefined || this.#answer(condition, undefined) !== false;
  }

  #answer(condition: Condition, effect: Effect | undefined): boolean | Failure {
    if (!condition.reads.sameForSameEffects) this.#reusable = false;
    const known = this.#answersTo(condition, effect);
    const answer = known.get(condition);
    if (answer !== undefined) return answer;
    this.#roots ??= new StatementRoots(this.#session, this.#statement, this.#now);
    this.#roots.focus(effect);
    const fresh = condition.evaluate(this.#roots, this.#budgetOf(condition));
    known.set(condition, fresh);
    return fresh;
  }

  /** One condition has one budget for all effects of the statement; no other condition can use it up. */
  #budgetOf(condition: Condition): Budget {
    let budget = this.#budgets?.get(condition);
    if (budget === undefined) (this.#budgets ??= new Map()).set(condition, (budget = new Budget()));
    return budget;
  }

  #answersTo(condition: Condition, effect: Effect | undefined): Map<Condition, boolean | Failure> {
    if (!condition.reads.effect) return (this.#answers ??= new Map<Condition, boolean | Failure>());
    if (this.#answersForEffect !== effect || this.#effectAnswers === undefined) {
      this.#answersForEffect = effect;
      this.#effectAnswers = new Map();
    }
    return this.#effectAnswers;
  }
}
