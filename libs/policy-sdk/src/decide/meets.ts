import type { Effect, EffectObject } from '../model.ts';
import type { ObjectPatterns } from '../pattern/object-patterns.ts';
import { reachBelow } from '../pattern/reach-below.ts';

/**
 * Whether an object stands for more than its classifier could list. Every
 * restriction meets it, and only a rule about every object covers it.
 */
export function isUnlisted(object: EffectObject): boolean {
  return object.kind === 'any' || object.name === '*';
}

/** The parts of an object that the statement names; empty: it did not say, and touches all of it. */
export function partsOf(object: EffectObject): readonly string[] {
  return object.parts ?? [];
}

export function partName(object: EffectObject, part: string): string {
  return `${object.name}.${part}`;
}

/**
 * The first thing in an effect that a restriction meets: an object by name,
 * any one of its parts, or something it may hold below its name where the
 * statement does not say which parts it touches. Undefined: nothing. An effect
 * without objects is met, as "", by a rule about every object.
 */
export function firstRestricted(patterns: ObjectPatterns, effect: Effect): string | undefined {
  if (patterns.matchesAll) return effect.objects[0]?.name ?? '';
  for (const object of effect.objects) {
    const met = restrictedIn(patterns, object);
    if (met !== undefined) return met;
  }
  return undefined;
}

function restrictedIn(patterns: ObjectPatterns, object: EffectObject): string | undefined {
  if (isUnlisted(object) || patterns.matches(object.name)) return object.name;
  const parts = partsOf(object);
  if (parts.length === 0) {
    return patterns.couldMatchBelow(object.name, reachBelow(object.kind)) ? object.name : undefined;
  }
  for (const part of parts) {
    const name = partName(object, part);
    if (patterns.matches(name)) return name;
  }
  return undefined;
}

/** The first thing in an effect that a grant names, if only in part; undefined: nothing. */
export function firstGranted(patterns: ObjectPatterns, effect: Effect): string | undefined {
  if (patterns.matchesAll) return effect.objects[0]?.name ?? '';
  for (const object of effect.objects) {
    if (isUnlisted(object)) continue;
    if (patterns.matches(object.name)) return object.name;
    const part = partsOf(object).find((each) => patterns.matches(partName(object, each)));
    if (part !== undefined) return partName(object, part);
  }
  return undefined;
}
