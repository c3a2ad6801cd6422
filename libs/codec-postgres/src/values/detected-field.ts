import { Buffer } from 'node:buffer';
import type { FieldReplacement } from '../rows/row-rewriter.ts';
import type { FormatCode } from '../wire/format-code.ts';
import { decodeUtf8 } from '../wire/message-cursor.ts';
import { decodeBinaryToText, encodeBinary } from './binary-value.ts';
import { encodeBytea } from './bytes-value.ts';
import type { TextMask } from './field-mask.ts';
import { BYTEA_ARRAY, heldTexts } from './held-texts.ts';
import { kindOfType, type PgValueKind } from './pg-type.ts';

/** Finds sensitive content in values that nobody declared sensitive. */
export interface ContentDetector {
  /** Whether something could be found in bytes of text; quick, and never false for what `mask` would find. */
  mightContain(bytes: Buffer): boolean;
  /** undefined: nothing was found. */
  readonly mask: TextMask;
}

/** Kinds whose binary format is their text, perhaps behind a few bytes: the quick look works on them. */
const TEXTUAL: ReadonlySet<PgValueKind> = new Set(['text', 'json', 'bytes']);

/**
 * A replacement that searches the values of one column. Unlike `maskedField`
 * it leaves what holds nothing. bytea is searched as the text that its bytes
 * spell; binary values of other types (enums, composites, ranges) as the texts
 * that are in them. They become NULL where something is found, since they cannot
 * be written back, and where they cannot be read.
 *
 * @param typeOid 0: not known, as in a binary COPY
 */
export function detectedField(
  typeOid: number,
  format: FormatCode,
  detector: ContentDetector,
): FieldReplacement {
  const kind = kindOfType(typeOid);
  const bytea = kind === 'bytes';
  const structured = format === 'binary' && (kind === 'other' || typeOid === BYTEA_ARRAY);
  const quick = format === 'text' ? !bytea : TEXTUAL.has(kind);
  const inBytes = (bytes: Buffer): null | undefined => {
    const text = decodeUtf8(bytes) ?? bytes.toString('latin1');
    return detector.mask(text, 'text') === undefined ? undefined : null;
  };
  if (structured) {
    return (source, start, end) => {
      const texts = heldTexts(source.subarray(start, end), typeOid);
      if (texts === null) return null;
      return texts.every((text) => detector.mask(text, 'text') === undefined) ? undefined : null;
    };
  }
  return (source, start, end) => {
    if (quick && !detector.mightContain(source.subarray(start, end))) return undefined;
    if (bytea) {
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
