import type { ColumnMatcher } from '../model.ts';
import { ObjectPatterns } from './object-patterns.ts';

/** Column patterns as a matcher; no patterns match nothing, unlike a rule's objects. */
export class PatternColumns implements ColumnMatcher {
  readonly #patterns: ObjectPatterns | undefined;

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.length === 0 ? undefined : new ObjectPatterns(patterns);
  }

  matches(column: string): boolean {
    return this.#patterns?.matches(column) ?? false;
  }

  matchesSomeColumnOf(relation: string): boolean {
    return this.#patterns?.couldMatchBelow(relation, 'part') ?? false;
  }
}
