import { create } from '@bufbuild/protobuf';
import { Outcome, UncoveredSchema, type Uncovered } from '@sallyport/contracts/access';
import type { Effect, EffectObject } from '../model.ts';
import type { ActionPlan } from './action-plan.ts';
import type { EffectRule } from './compiled-rule.ts';
import type { DecisionRun, Hit } from './decision-run.ts';
import { isUnlisted, partName, partsOf } from './meets.ts';

/** Most uncovered things that a decision lists; one is enough to deny. */
export const MAX_UNCOVERED = 32;

/**
 * Finds what of the effects no allow or hold covers. An object is covered by a
 * rule that matches its name; or part by part, where every part is matched by
 * some rule. A statement that lists no parts is covered by name only.
 */
export class Coverage {
  readonly uncovered: Uncovered[] = [];
  /** Allows that cover something, each once. */
  readonly allowHits: Hit[] = [];
  readonly #run: DecisionRun;
  #isCut = false;

  constructor(run: DecisionRun) {
    this.#run = run;
  }

  add(effect: Effect, plan: ActionPlan): void {
    if (effect.objects.length === 0 && !this.#coversEveryObject(effect, '', plan)) this.#miss(effect, '');
    for (const object of effect.objects) {
      if (isUnlisted(object)) {
        if (!this.#coversEveryObject(effect, object.name, plan)) this.#miss(effect, object.name);
      } else if (this.#covers(effect, object.name, plan)) this.#noteAllowsOfParts(effect, object, plan);
      else this.#addParts(effect, object, plan);
    }
  }

  /** Only a rule about every object covers no object at all, and what could not be listed. */
  #coversEveryObject(effect: Effect, name: string, plan: ActionPlan): boolean {
    let covered = false;
    for (const rule of plan.covering) {
      if (rule.objects.matchesAll && this.#note(rule, effect, name)) covered = true;
    }
    return covered;
  }

  /** Whether some rule that counts matches this full name; notes every one that does. */
  #covers(effect: Effect, name: string, plan: ActionPlan): boolean {
    let covered = false;
    for (const rule of plan.covering) {
      if (rule.objects.matches(name) && this.#note(rule, effect, name)) covered = true;
    }
    return covered;
  }

  #addParts(effect: Effect, object: EffectObject, plan: ActionPlan): void {
    const parts = partsOf(object);
    // Not "every part of none is covered": no parts listed means all of it.
    if (parts.length === 0) this.#miss(effect, object.name);
    for (const part of parts) {
      const name = partName(object, part);
      if (!this.#covers(effect, name, plan)) this.#miss(effect, name);
    }
  }

  /** The object is covered as a whole; an allow of a part still counts, as it may ask for more durability. */
  #noteAllowsOfParts(effect: Effect, object: EffectObject, plan: ActionPlan): void {
    for (const rule of plan.covering) {
      if (rule.outcome !== Outcome.ALLOW || this.#isNoted(rule)) continue;
      const part = partsOf(object).find((each) => rule.objects.matches(partName(object, each)));
      if (part !== undefined) this.#note(rule, effect, partName(object, part));
    }
  }

  /** Whether a rule that matches counts; remembers it if it is an allow. */
  #note(rule: EffectRule, effect: Effect, object: string): boolean {
    if (!this.#run.counts(rule, effect)) return false;
    if (rule.outcome === Outcome.ALLOW && !this.#isNoted(rule)) {
      this.allowHits.push({ rule, action: effect.action, object, unanswered: '' });
    }
    return true;
  }

  #isNoted(rule: EffectRule): boolean {
    return this.allowHits.some((hit) => hit.rule === rule);
  }

  #miss(effect: Effect, object: string): void {
    if (this.uncovered.length < MAX_UNCOVERED) {
      this.uncovered.push(create(UncoveredSchema, { action: effect.action, object }));
    } else {
      this.#isCut = true;
    }
  }

  /** Whether more is uncovered than is listed. */
  get isCut(): boolean {
    return this.#isCut;
  }
}
