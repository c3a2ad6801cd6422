import { Glob, type Below } from './glob.ts';
import { MAX_PATTERN_LENGTH } from './action-pattern.ts';

// The last character class is written out: control characters never stand in a name that a person wrote.
const CONTROL = /\p{Cc}/u;

/** Says what is wrong with an object or column pattern, or nothing. */
export function objectPatternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'an object pattern is not empty; leave objects out to mean every object';
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return `an object pattern has at most ${MAX_PATTERN_LENGTH} characters`;
  }
  return CONTROL.test(pattern) ? 'an object pattern has no control characters' : undefined;
}

/** The object patterns of one rule. No patterns, or `*` among them: every object. */
export class ObjectPatterns {
  /** Also covers an effect that has no objects. */
  readonly matchesAll: boolean;
  readonly #exact: ReadonlySet<string>;
  readonly #exactGlobs: readonly Glob[];
  readonly #globs: readonly Glob[];

  constructor(patterns: readonly string[]) {
    this.matchesAll = patterns.length === 0 || patterns.some((pattern) => /^\*+$/.test(pattern));
    const globs = patterns.map((pattern) => new Glob(pattern));
    this.#exactGlobs = globs.filter((glob) => glob.isExact);
    this.#exact = new Set(this.#exactGlobs.map((glob) => glob.pattern));
    this.#globs = globs.filter((glob) => !glob.isExact);
  }

  /** Whether a pattern matches this full name ("public.orders", "public.orders.id"). */
  matches(name: string): boolean {
    if (this.matchesAll || this.#exact.has(name)) return true;
    for (const glob of this.#globs) {
      if (glob.matches(name)) return true;
    }
    return false;
  }

  /** Whether a pattern could match something below this name; where in doubt, true. */
  couldMatchBelow(name: string, below: Below): boolean {
    if (below === 'nothing') return false;
    if (this.matchesAll) return true;
    for (const glob of this.#exactGlobs) {
      if (glob.couldMatchBelow(name, below)) return true;
    }
    for (const glob of this.#globs) {
      if (glob.couldMatchBelow(name, below)) return true;
    }
    return false;
  }
}
