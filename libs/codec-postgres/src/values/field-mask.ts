import { Buffer } from 'node:buffer';
import type { FieldReplacement } from '../rows/row-rewriter.ts';
import type { FormatCode } from '../wire/format-code.ts';
import { decodeUtf8 } from '../wire/message-cursor.ts';
import { decodeBinaryToText, encodeBinary } from './binary-value.ts';
import { kindOfType, type PgValueKind } from './pg-type.ts';

/**
 * What hides one value given as text: other text valid for the kind, null for
 * SQL NULL, or undefined to leave it (a detector that found nothing).
 */
export type TextMask = (text: string, kind: PgValueKind) => string | null | undefined;

/**
 * A replacement for the values of one column, in the format that they travel
 * in. Whatever cannot be read, or cannot be written back in the column's type,
 * becomes NULL: never the value itself.
 */
export function maskedField(typeOid: number, format: FormatCode, mask: TextMask): FieldReplacement {
  const kind = kindOfType(typeOid);
  if (format === 'text') {
    return (source, start, end) => {
      const text = decodeUtf8(source, start, end);
      const masked = text === null ? null : mask(text, kind);
      return typeof masked === 'string' ? Buffer.from(masked, 'utf8') : masked;
    };
  }
  return (source, start, end) => {
    const text = decodeBinaryToText(source.subarray(start, end), typeOid);
    const masked = text === null ? null : mask(text, kind);
    return typeof masked === 'string' ? encodeBinary(masked, typeOid) : masked;
  };
}

/**
 * A replacement that gives every value of a column, NULL too, the same form:
 * what `text` is in the column's type and format, or NULL where it cannot be
 * written in it. Nothing of a value is left, not even whether there is one.
 */
export function uniformField(
  typeOid: number,
  format: FormatCode,
  text: (kind: PgValueKind) => string | null,
): FieldReplacement {
  const shown = text(kindOfType(typeOid));
  const bytes = encoded(shown, typeOid, format);
  return Object.assign((): Uint8Array | null => bytes, { ofNull: bytes });
}

function encoded(text: string | null, typeOid: number, format: FormatCode): Uint8Array | null {
  if (text === null) return null;
  return format === 'text' ? Buffer.from(text, 'utf8') : encodeBinary(text, typeOid);
}
