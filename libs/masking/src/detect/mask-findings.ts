import { Buffer } from 'node:buffer';
import type { ColumnMask, ValueKind } from '../column-mask.ts';
import { maskText, maskValue } from '../mask-value.ts';
import type { Finding, MaskedText } from './detector.ts';
import { maskJsonFindings } from './mask-json.ts';
import { replaceFindings, type FindText } from './replace-findings.ts';

/** Hides what `find` finds in one value of `kind`, and keeps it a value of that kind. */
export function maskFindings(text: string, kind: ValueKind, mask: ColumnMask, find: FindText): MaskedText {
  switch (kind) {
    case 'text':
      return replaceFindings(text, mask, find(text), maskText);
    case 'json':
      return maskJsonFindings(text, mask, find);
    case 'array':
      return replaceFindings(text, mask, find(text), (value) => maskElement(value, mask));
    case 'bytes':
      return maskWhole(text, kind, mask, find(hexToText(text)));
    default:
      return maskWhole(text, kind, mask, find(text));
  }
}

/** A number, a date or an address with a finding inside is hidden whole, as its kind needs. */
function maskWhole(
  text: string,
  kind: ValueKind,
  mask: ColumnMask,
  findings: readonly Finding[],
): MaskedText {
  return findings.length === 0 ? { text, findings } : { text: maskValue(text, kind, mask), findings };
}

/** The type of an array's elements is not known: what only digits or an address make up has to stay such. */
function maskElement(value: string, mask: ColumnMask): string {
  if (/^[0-9]+$/.test(value)) return maskValue(value, 'integer', mask) ?? 'NULL';
  if (/^[0-9a-f.:]+$/i.test(value)) return maskValue(value, 'inet', mask) ?? 'NULL';
  return maskText(value, mask);
}

/** The text in a bytea's hex form; a text in another form as it is. */
function hexToText(text: string): string {
  if (!text.startsWith('\\x')) return text;
  return Buffer.from(text.slice(2), 'hex').toString();
}
