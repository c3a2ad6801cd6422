import { Failure, type Outcome, type Value } from './value.ts';

/**
 * Work one condition may do for one statement, in steps: about one node
 * evaluated, or 32 characters looked at. Some milliseconds at worst.
 */
export const MAX_STEPS = 50_000;

const EXHAUSTED = new Failure(`it needs more than ${MAX_STEPS} steps`, true);

/** What a condition can read: one value for each root, made when it is first read. */
export interface Roots {
  read(root: RootName): Value;
}

/** The names that stand for something at the top of an expression. */
export const ROOT_NAMES = [
  'principal',
  'target',
  'session',
  'statement',
  'effect',
  'fields',
  'time',
] as const;
export type RootName = (typeof ROOT_NAMES)[number];

export function isRootName(name: string): name is RootName {
  return ROOT_NAMES.some((root) => root === name);
}

/** The work that is left to one condition for one statement, however often it is asked. */
export class Budget {
  #stepsLeft: number;

  constructor(steps: number = MAX_STEPS) {
    this.#stepsLeft = steps;
  }

  /** Takes steps off; a Failure once there are none left. */
  spend(steps: number): Failure | undefined {
    this.#stepsLeft -= steps;
    return this.#stepsLeft < 0 ? EXHAUSTED : undefined;
  }
}

/** One evaluation: the roots, the iteration variables in scope and the work that is left. */
export class Frame {
  readonly roots: Roots;
  /** Iteration variables by nesting depth. */
  readonly slots: Value[] = [];
  readonly #budget: Budget;

  constructor(roots: Roots, budget: Budget) {
    this.roots = roots;
    this.#budget = budget;
  }

  /** Takes steps off; a Failure once there are none left. */
  spend(steps: number): Failure | undefined {
    return this.#budget.spend(steps);
  }

  /** Takes off what it costs to look at this many characters. */
  spendCharacters(characters: number): Failure | undefined {
    return this.#budget.spend(1 + (characters >>> 5));
  }
}

/** A compiled node. */
export type Node = (frame: Frame) => Outcome;
