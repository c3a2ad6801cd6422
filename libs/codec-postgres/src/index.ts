export { frameBody, frameBytes, frameOf, HEADER_BYTES, type Frame } from './wire/frame.ts';
export { decodeUtf8 } from './wire/message-cursor.ts';
export { formatAt, type FormatCode } from './wire/format-code.ts';
export { protocolViolation } from './wire/protocol-violation.ts';
export { PROTOCOL_3_0, PROTOCOL_3_2, type ProtocolVersion } from './wire/protocol-version.ts';
export { decodeCopyData, encodeCopyData, type CopyData } from './wire/copy-data.ts';
export { decodeCopyDone, encodeCopyDone, type CopyDone } from './wire/copy-done.ts';
export {
  AUTHENTICATION_RULES,
  BACKEND_RULES,
  FRONTEND_RULES,
  type FrameRule,
  type FrameRules,
  type Treatment,
} from './frame/frame-rules.ts';
export { FrameScanner, type ScannedPart } from './frame/frame-scanner.ts';
export { rewriteRows, type FieldReplacement, type Region, type RowPlan } from './rows/row-rewriter.ts';
export * from './frontend/index.ts';
export * from './backend/index.ts';
export * from './authentication/index.ts';
export { decodeBinaryToText, encodeBinary } from './values/binary-value.ts';
export { detectedField, type ContentDetector } from './values/detected-field.ts';
export { maskedField, uniformField, type TextMask } from './values/field-mask.ts';
export { kindOfType, type PgValueKind } from './values/pg-type.ts';
export { ByteSink } from './copy/byte-sink.ts';
export { CopyRewriter } from './copy/copy-rewriter.ts';
export { rewriteCopyMessages } from './copy/copy-messages.ts';
export type { CopyRows } from './copy/copy-rows.ts';
export { TextCopyRows, type TextCopyOptions } from './copy/text-rows.ts';
export { CsvCopyRows, type CsvCopyOptions } from './copy/csv-rows.ts';
export { BinaryCopyRows } from './copy/binary-rows.ts';
