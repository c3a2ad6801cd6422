import { create } from '@bufbuild/protobuf';
import { Outcome, UncoveredSchema, type Uncovered } from '@sallyport/contracts/access';
import type { AskedEffect, AskedObject } from './asked-effect.ts';
import type { EffectRule } from './compiled-rule.ts';
import { isNoted, type DecisionRun, type Hit } from './decision-run.ts';
import { firstMatch } from './meets.ts';

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

  /** Whether more is uncovered than is listed. */
  get isCut(): boolean {
    return this.#isCut;
  }

  add(asked: AskedEffect): void {
    if (asked.objects.length === 0 && !this.#coversEveryObject(asked, '')) this.#miss(asked, '');
    for (const object of asked.objects) {
      if (object.isUnlisted) {
        if (!this.#coversEveryObject(asked, object.name)) this.#miss(asked, object.name);
      } else if (this.#covers(asked, object.name)) this.#noteAllowsOfParts(asked, object);
      else this.#addParts(asked, object);
    }
  }

  /** Only a rule about every object covers no object at all, and what could not be listed. */
  #coversEveryObject(asked: AskedEffect, name: string): boolean {
    let covered = false;
    for (const rule of asked.plan.covering) {
      if (rule.objects.matchesAll && this.#note(rule, asked, name)) covered = true;
    }
    return covered;
  }

  /** Whether some rule that counts matches this full name; notes every one that does. */
  #covers(asked: AskedEffect, name: string): boolean {
    let covered = false;
    for (const rule of asked.plan.covering) {
      if (rule.objects.matches(name) && this.#note(rule, asked, name)) covered = true;
    }
    return covered;
  }

  #addParts(asked: AskedEffect, { name, partNames }: AskedObject): void {
    // Not "every part of none is covered": no parts listed means all of it.
    if (partNames.length === 0) this.#miss(asked, name);
    for (const partName of partNames) {
      if (!this.#covers(asked, partName)) this.#miss(asked, partName);
    }
  }

  /** The object is covered as a whole; an allow of a part still counts, as it may ask for more durability. */
  #noteAllowsOfParts(asked: AskedEffect, { partNames }: AskedObject): void {
    for (const rule of asked.plan.covering) {
      if (rule.outcome !== Outcome.ALLOW || isNoted(this.allowHits, rule)) continue;
      const part = firstMatch(rule.objects, partNames);
      if (part !== undefined) this.#note(rule, asked, part);
    }
  }

  /** Whether a rule that matches counts; remembers it if it is an allow. */
  #note(rule: EffectRule, { effect, action }: AskedEffect, object: string): boolean {
    if (!this.#run.counts(rule, effect)) return false;
    if (rule.outcome === Outcome.ALLOW && !isNoted(this.allowHits, rule)) {
      this.allowHits.push({ rule, action, object, unanswered: '' });
    }
    return true;
  }

  #miss({ action }: AskedEffect, object: string): void {
    if (this.uncovered.length < MAX_UNCOVERED)
      this.uncovered.push(create(UncoveredSchema, { action, object }));
    else this.#isCut = true;
  }
}
