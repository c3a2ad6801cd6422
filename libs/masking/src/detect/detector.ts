/** Where a detector found something: UTF-16 offsets, `end` exclusive. Never the value itself. */
export interface Finding {
  readonly detector: string;
  readonly start: number;
  readonly end: number;
}

/** A value after its findings are hidden. */
export interface MaskedText {
  /** Valid input text for the value's kind, or null for SQL NULL. The same text where nothing was found. */
  readonly text: string | null;
  /** Where, in the text as it came, and by which detector. */
  readonly findings: readonly Finding[];
}

/** Finds values of one sort. */
export interface Detector {
  readonly name: string;
  /** Every finding has at least one of these ASCII characters in it, however it is encoded. Undefined: not known. */
  readonly hints: string | undefined;
  /** Reports every value in `text`, from left to right. Linear in the text's length. */
  find(text: string, report: (start: number, end: number) => void): void;
  /**
   * False only if no value can be in the text that `bytes` (UTF-8, or ASCII
   * frames around it) hold. Runs over everything that passes, so it does not decode.
   */
  mightContain(bytes: Uint8Array): boolean;
}
