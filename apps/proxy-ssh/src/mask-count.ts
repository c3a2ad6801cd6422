/** What a rule hid in a statement's output. */
export interface MaskCount {
  /** The detectors. */
  readonly what: string;
  readonly strategy: string;
  readonly values: number;
}
