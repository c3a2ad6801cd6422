/** The ways a sensitive value can be hidden (DESIGN.md, section 6). */
export const MASK_STRATEGIES = ['redact', 'partial', 'hash', 'tokenize', 'null', 'truncate', 'fake'] as const;

export type MaskStrategy = (typeof MASK_STRATEGIES)[number];

/** Whether `name`, as a policy or a message writes it, is a strategy. */
export function isMaskStrategy(name: string): name is MaskStrategy {
  return MASK_STRATEGIES.some((strategy) => strategy === name);
}

/** How one column, path or finding is masked. */
export interface ColumnMask {
  readonly strategy: MaskStrategy;
  /** For partial and truncate: characters kept. Absent or 0: {@link DEFAULT_KEEP}. */
  readonly keep?: number;
  /**
   * For hash, tokenize and fake: the secret that makes results stable and not
   * guessable. Without one those strategies redact, since an unkeyed digest of
   * a card number is found by trying all card numbers.
   */
  readonly key?: Uint8Array;
}

/** What a value's text has to stay valid as, so that the caller's driver can still read it. */
export const VALUE_KINDS = [
  'text',
  'integer',
  'decimal',
  'float',
  'boolean',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'uuid',
  'json',
  'bytes',
  'inet',
  'array',
  'other',
] as const;

export type ValueKind = (typeof VALUE_KINDS)[number];

/** Characters that partial and truncate keep unless the mask says otherwise. */
export const DEFAULT_KEEP = 4;

/** What stands for a hidden text. ASCII, so that every client encoding can carry it. */
export const REDACTED_TEXT = '[redacted]';

/** What stands for one hidden character. */
export const HIDDEN_CHARACTER = '*';
