import { REDACTED_TEXT, type ColumnMask, type ValueKind } from './column-mask.ts';
import { maskCache } from './keyed/mask-cache.ts';
import { isStable, maskBytes, maskUuid } from './kinds/identifier.ts';
import { maskInet } from './kinds/inet.ts';
import { maskDecimal, maskInteger } from './kinds/number.ts';
import { maskTemporal } from './kinds/temporal.ts';
import { fakeText } from './strategies/fake.ts';
import { hashText } from './strategies/hash.ts';
import { partialText } from './strategies/partial.ts';
import { tokenizeText } from './strategies/tokenize.ts';
import { truncateText } from './strategies/truncate.ts';

/** What stands for a hidden boolean, array and JSON document. */
const REDACTED_BOOLEAN = 'f';
const REDACTED_ARRAY = '{}';
const REDACTED_JSON = JSON.stringify(REDACTED_TEXT);

/**
 * Hides one value.
 *
 * `text` is the value in its target's text form (Postgres's output syntax) and
 * is not NULL. The result is valid input text for any type of `kind`, so that
 * the caller's driver can read it, or null for SQL NULL. Never throws; what
 * cannot be masked as asked is hidden altogether.
 *
 * Invariant: the result depends on nothing of the value but what the strategy
 * shows, and is not the value itself, unless that is the constant that hidden
 * values of the kind show anyway, or already masked. docs/reference/masking.md has the whole table.
 */
export function maskValue(text: string, kind: ValueKind, mask: ColumnMask): string | null {
  if (mask.strategy === 'null') return null;
  if (mask.key === undefined || !isStable(mask)) return maskUncached(text, kind, mask);
  return maskCache(mask.key, `${mask.strategy}.${kind}`).get(text, () => maskUncached(text, kind, mask));
}

function maskUncached(text: string, kind: ValueKind, mask: ColumnMask): string | null {
  switch (kind) {
    case 'text':
      return maskText(text, mask);
    case 'integer':
      return maskInteger(text, mask);
    case 'decimal':
    case 'float':
      return maskDecimal(text, mask);
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return maskTemporal(text, kind, mask);
    case 'uuid':
      return maskUuid(text, mask);
    case 'json':
      return maskJsonDocument(text, mask);
    case 'bytes':
      return maskBytes(text, mask);
    case 'inet':
      return maskInet(text, mask);
    // Two values leave nothing to choose from; the element type of an array is not known.
    case 'boolean':
      return REDACTED_BOOLEAN;
    case 'array':
      return REDACTED_ARRAY;
    // NULL is the only text that every type accepts.
    case 'other':
      return null;
  }
}

/** Hides a text; `null` is for whoever calls to handle. */
export function maskText(text: string, mask: ColumnMask): string {
  switch (mask.strategy) {
    case 'partial':
      return partialText(text, mask);
    case 'truncate':
      return truncateText(text, mask);
    case 'hash':
      return mask.key === undefined ? REDACTED_TEXT : hashText(text, mask.key);
    case 'tokenize':
      return mask.key === undefined ? REDACTED_TEXT : tokenizeText(text, mask.key);
    case 'fake':
      return mask.key === undefined ? REDACTED_TEXT : fakeText(text, mask.key);
    case 'redact':
    case 'null':
      return REDACTED_TEXT;
  }
}

/** A document is hidden whole: its keys can be as telling as its values. */
function maskJsonDocument(text: string, mask: ColumnMask): string {
  if (!isStable(mask) || mask.key === undefined) return REDACTED_JSON;
  return JSON.stringify(hashText(text, mask.key));
}
