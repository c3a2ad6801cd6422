import { Buffer } from 'node:buffer';
import type { FieldReplacement } from '../rows/row-rewriter.ts';
import type { FormatCode } from '../wire/format-code.ts';
import { decodeUtf8 } from '../wire/message-cursor.ts';
import { decodeBinaryToText, encodeBinary } from './binary-value.ts';
import { encodeBytea } from './bytes-value.ts';
import type { TextMask } from './field-mask.ts';
import { kindOfType, type PgValueKind } from './pg-type.ts';

/** Finds sensitive content in values that nobody declared sensitive. */
export interface ContentDetector {
  /** Whether something could be found in bytes of text; quick, and never false for what `mask` would find. */
  mightContain(bytes: Buffer): boolean;
  /** undefined: nothing was found. */
  readonly mask: TextMask;
}

/** Kinds whose binary format is their text, perhaps behind a few bytes: the quick look works on them. */
const TEXTUAL: ReadonlySet<PgValueKind> = new Set(['text', 'json', 'other', 'bytes']);

/**
 * A replacement that searches the values of one column. Unlike `maskedField`
 * it leaves what holds nothing: bytea and types that are not known (enums,
 * composites, ranges) are searched as the text that their bytes spell, and
 * become NULL where something is found in them, since they cannot be written back.
 */
export function detectedField(
  typeOid: number,
  format: FormatCode,
  detector: ContentDetector,
): FieldReplacement {
  const kind = kindOfType(typeOid);
  const bytea = kind === 'bytes';
  const raw = bytea || (format === 'binary' && kind === 'other');
  const quick = format === 'text' ? !bytea : TEXTUAL.has(kind);
  const inBytes = (bytes: Buffer): null | undefined => {
    const text = decodeUtf8(bytes) ?? bytes.toString('latin1');
    return detector.mask(text, 'text') === undefined ? undefined : null;
  };
  return (source, start, end) => {
    if (quick && !detector.mightContain(source.subarray(start, end))) return undefined;
    if (raw) {
      const bytes = source.subarray(start, end);
      return inBytes(format === 'text' ? (encodeBytea(bytes.toString('latin1')) ?? bytes) : bytes);
    }
    const text =
      format === 'text'
        ? decodeUtf8(source, start, end)
        : decodeBinaryToText(source.subarray(start, end), typeOid);
    // Malformed: it is searched as bytes, and never passes when something is in it.
    if (text === null) return inBytes(source.subarray(start, end));
    const masked = detector.mask(text, kind);
    if (typeof masked !== 'string') return masked;
    return format === 'text' ? Buffer.from(masked, 'utf8') : encodeBinary(masked, typeOid);
  };
}
