import {
  isDetectorName,
  isMaskStrategy,
  createDetectorSet,
  type ColumnMask,
  type DetectorSet,
} from '@sallyport/masking';
import type { MaskObligation } from '@sallyport/contracts/access';
import { PatternColumns, type ColumnMatcher } from '@sallyport/policy-sdk';

/** How the values of one column are hidden, and which rule asks for it. */
export interface ColumnRule {
  readonly columns: ColumnMatcher;
  readonly mask: ColumnMask;
}

/** What is looked for in every text, and how it is hidden. */
export interface DetectorRule {
  readonly detectors: DetectorSet;
  readonly mask: ColumnMask;
  readonly what: string;
}

/** From what hides most to what hides least; where several rules name a column, the first of these is used. */
const STRICTEST_FIRST = ['redact', 'null', 'hash', 'tokenize', 'fake', 'truncate', 'partial'] as const;

export const REDACT: ColumnMask = { strategy: 'redact' };

/** The masks that one decision asks for. */
export class MaskRules {
  readonly #columns: readonly ColumnRule[];
  readonly detectors: readonly DetectorRule[];

  constructor(obligations: readonly MaskObligation[], key: Uint8Array) {
    const rules = obligations.map((obligation) => ({ obligation, mask: columnMask(obligation, key) }));
    this.#columns = rules
      .filter(({ obligation }) => obligation.columns.length > 0)
      .map(({ obligation, mask }) => ({ columns: new PatternColumns(obligation.columns), mask }))
      .sort((a, b) => rank(a.mask) - rank(b.mask) || (a.mask.keep ?? 0) - (b.mask.keep ?? 0));
    this.detectors = rules
      .filter(({ obligation }) => obligation.detectors.length > 0)
      .map(({ obligation, mask }) => ({
        // A detector this version does not know cannot be left out: it would pass what it should find.
        detectors: createDetectorSet(obligation.detectors.map(requireDetector)),
        mask,
        what: obligation.detectors.join(','),
      }));
  }

  get hasColumns(): boolean {
    return this.#columns.length > 0;
  }

  /** How a column is hidden; null: it is not. */
  ofColumn(column: string): ColumnMask | null {
    return this.#columns.find((rule) => rule.columns.matches(column))?.mask ?? null;
  }

  /** Whether some column of a relation ("schema.table") could be hidden. */
  concernsRelation(relation: string): boolean {
    return this.#columns.some((rule) => rule.columns.matchesSomeColumnOf(relation));
  }
}

function rank(mask: ColumnMask): number {
  return STRICTEST_FIRST.indexOf(mask.strategy);
}

/** An unknown strategy hides all. */
function columnMask(obligation: MaskObligation, key: Uint8Array): ColumnMask {
  const { strategy, keep } = obligation;
  if (!isMaskStrategy(strategy)) return REDACT;
  return { strategy, key, ...(keep > 0 ? { keep } : {}) };
}

function requireDetector(name: string) {
  if (!isDetectorName(name)) throw new Error(`unknown detector "${name}"`);
  return name;
}
