import type { ObjectPatterns } from '../pattern/object-patterns.ts';
import type { AskedEffect, AskedObject } from './asked-effect.ts';

/**
 * The first thing in an effect that a restriction meets: an object by name,
 * any one of its parts, or something it may hold below its name where the
 * statement does not say which parts it touches. Undefined: nothing. An effect
 * without objects is met, as "", by a rule about every object.
 */
export function firstRestricted(patterns: ObjectPatterns, { objects }: AskedEffect): string | undefined {
  if (patterns.matchesAll) return objects[0]?.name ?? '';
  for (const object of objects) {
    const met = restrictedIn(patterns, object);
    if (met !== undefined) return met;
  }
  return undefined;
}

function restrictedIn(patterns: ObjectPatterns, object: AskedObject): string | undefined {
  const { name, partNames } = object;
  if (object.isUnlisted || patterns.matches(name)) return name;
  if (partNames.length === 0) return patterns.couldMatchBelow(name, object.below) ? name : undefined;
  return firstMatch(patterns, partNames);
}

/** The first thing in an effect that a grant names, if only in part; undefined: nothing. */
export function firstGranted(patterns: ObjectPatterns, { objects }: AskedEffect): string | undefined {
  if (patterns.matchesAll) return objects[0]?.name ?? '';
  for (const object of objects) {
    if (object.isUnlisted) continue;
    if (patterns.matches(object.name)) return object.name;
    const part = firstMatch(patterns, object.partNames);
    if (part !== undefined) return part;
  }
  return undefined;
}

/** The first of these names that a pattern matches. */
export function firstMatch(patterns: ObjectPatterns, names: readonly string[]): string | undefined {
  for (const name of names) if (patterns.matches(name)) return name;
  return undefined;
}
