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
