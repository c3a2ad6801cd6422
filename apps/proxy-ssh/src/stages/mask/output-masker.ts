import type { MaskObligation } from '@sallyport/contracts/access';
import {
  isDetectorName,
  isMaskStrategy,
  StreamMasker as DetectorMasker,
  type ColumnMask,
  type TerminalSize,
} from '@sallyport/masking';
import type { FrameMasker } from '@sallyport/proxy-kit';
import type { MaskCount } from '../../mask-count.ts';

/** Masks one stream of a program's output. What it keeps back comes out when it is due, or at the stream's end. */
export interface StreamMasker extends FrameMasker {
  /** How long what is kept back may wait for more; null: nothing is. */
  readonly waitMs: number | null;
  /** What is due because nothing more came in that time. */
  due(): readonly Uint8Array[];
  flush(): readonly Uint8Array[];
  /** The caller's terminal has another width. */
  resize(columns: number): void;
}

/** For output that nothing is masked in. */
export const passMasker: StreamMasker = {
  waitMs: null,
  mask: (bytes) => [bytes],
  due: () => [],
  flush: () => [],
  resize: () => undefined,
};

/** A word waits for so long for what could make an address of it: what is typed must be seen. */
const TERMINAL_WAIT_MS = 20;
const PIPE_WAIT_MS = 100;
/** Most of a value waits for so long for the rest, and is then hidden. */
const FIRM_WAIT_MS = 2000;

/** From what hides most to what hides least: what two rules find is hidden as the stricter one asks. */
const STRICTEST_FIRST = ['redact', 'null', 'hash', 'tokenize', 'fake', 'truncate', 'partial'] as const;

interface RuleMasker {
  readonly masker: DetectorMasker;
  readonly what: string;
  readonly strategy: string;
}

/** Masks a stream by all rules of a decision, one behind the other. */
export class OutputMasker implements StreamMasker {
  readonly #rules: readonly RuleMasker[];
  readonly #waitMs: number;
  #released = false;

  /** @param terminal null: the output is a program's as it is, not a terminal's */
  constructor(obligations: readonly MaskObligation[], key: Uint8Array, terminal: TerminalSize | null) {
    this.#waitMs = terminal === null ? PIPE_WAIT_MS : TERMINAL_WAIT_MS;
    this.#rules = obligations
      .map((obligation) => ({ obligation, mask: maskOf(obligation, key) }))
      .sort((a, b) => rank(a.mask) - rank(b.mask))
      .map(({ obligation: { detectors }, mask }) => ({
        masker: new DetectorMasker(detectors.filter(isDetectorName), mask, terminal),
        what: detectors.join(','),
        strategy: mask.strategy,
      }));
  }

  get counts(): readonly MaskCount[] {
    return this.#rules
      .map(({ masker, what, strategy }) => ({ what, strategy, values: masker.findings }))
      .filter(({ values }) => values > 0);
  }

  get waitMs(): number | null {
    if (this.#rules.every(({ masker }) => masker.held === 'nothing')) return null;
    return this.#released ? FIRM_WAIT_MS : this.#waitMs;
  }

  mask(bytes: Uint8Array): readonly Uint8Array[] {
    this.#released = false;
    return this.#through([bytes], () => []);
  }

  due(): readonly Uint8Array[] {
    if (this.#released) return this.#through([], (masker) => masker.cover());
    this.#released = true;
    return this.#through([], (masker) => masker.release());
  }

  flush(): readonly Uint8Array[] {
    return this.#through([], (masker) => masker.flush());
  }

  resize(columns: number): void {
    for (const { masker } of this.#rules) masker.resize({ columns });
  }

  #through(
    bytes: readonly Uint8Array[],
    also: (masker: DetectorMasker) => readonly Uint8Array[],
  ): readonly Uint8Array[] {
    let pieces = bytes;
    for (const { masker } of this.#rules) {
      pieces = [...pieces.flatMap((piece) => masker.feed(piece)), ...also(masker)];
    }
    return pieces;
  }
}

function rank(mask: ColumnMask): number {
  return STRICTEST_FIRST.indexOf(mask.strategy);
}

/** An unknown strategy hides all. */
function maskOf({ strategy, keep }: MaskObligation, key: Uint8Array): ColumnMask {
  if (!isMaskStrategy(strategy)) return { strategy: 'redact' };
  return { strategy, key, ...(keep > 0 ? { keep } : {}) };
}
