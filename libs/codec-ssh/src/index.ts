export { CodecError, type CodecErrorReason } from './wire/codec-error.ts';
export { outcomeOf, type Outcome } from './wire/outcome.ts';
export { MAX_PAYLOAD_BYTES } from './wire/limits.ts';
export { decodeUtf8 } from './wire/utf8.ts';
export { asBuffer, WireReader } from './wire/wire-reader.ts';
export { WireWriter } from './wire/wire-writer.ts';
export * from './connection/index.ts';
export * from './userauth/index.ts';
export * from './keys/index.ts';
