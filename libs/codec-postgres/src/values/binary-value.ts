/**
 * Values in the binary format to text and back, for the types that a mask can
 * produce a value of. What is not known, malformed or does not fit gives null:
 * the caller writes SQL NULL, which every type and every driver takes.
 */
import type { Buffer } from 'node:buffer';
import { decodeArray, encodeArray } from './array-value.ts';
import {
  decodeBoolean,
  decodeBytea,
  decodeJsonb,
  decodeUuid,
  encodeBoolean,
  encodeBytea,
  encodeChar,
  encodeJson,
  encodeJsonb,
  encodeText,
  encodeUuid,
} from './bytes-value.ts';
import {
  decodeDate,
  decodeTime,
  decodeTimestamp,
  decodeTimeTz,
  encodeDate,
  encodeTime,
  encodeTimestamp,
  encodeTimeTz,
} from './datetime-value.ts';
import { decodeFloat, encodeFloat } from './float-value.ts';
import { decodeInet, encodeInet } from './inet-value.ts';
import { decodeInteger, decodeOid, encodeInteger, encodeOid } from './integer-value.ts';
import { decodeInterval, encodeInterval } from './interval-value.ts';
import { decodeNumeric, encodeNumeric } from './numeric-value.ts';
import { pgType, type ScalarTypeName } from './pg-type.ts';
import { decodeUtf8 } from '../wire/message-cursor.ts';

export interface ScalarCodec {
  readonly decode: (bytes: Buffer) => string | null;
  readonly encode: (text: string) => Buffer | null;
}

const TEXT: ScalarCodec = { decode: decodeUtf8, encode: encodeText };

const SCALAR_CODECS = {
  bool: { decode: decodeBoolean, encode: encodeBoolean },
  bytea: { decode: decodeBytea, encode: encodeBytea },
  char: { decode: (bytes) => (bytes[0] === 0 ? '' : decodeUtf8(bytes)), encode: encodeChar },
  name: TEXT,
  int8: { decode: (bytes) => decodeInteger(bytes, 8), encode: (text) => encodeInteger(text, 8) },
  int2: { decode: (bytes) => decodeInteger(bytes, 2), encode: (text) => encodeInteger(text, 2) },
  int4: { decode: (bytes) => decodeInteger(bytes, 4), encode: (text) => encodeInteger(text, 4) },
  text: TEXT,
  oid: { decode: decodeOid, encode: encodeOid },
  json: { decode: decodeUtf8, encode: encodeJson },
  xml: TEXT,
  cidr: { decode: decodeInet, encode: (text) => encodeInet(text, true) },
  float4: { decode: (bytes) => decodeFloat(bytes, 4), encode: (text) => encodeFloat(text, 4) },
  float8: { decode: (bytes) => decodeFloat(bytes, 8), encode: (text) => encodeFloat(text, 8) },
  unknown: TEXT,
  inet: { decode: decodeInet, encode: (text) => encodeInet(text, false) },
  bpchar: TEXT,
  varchar: TEXT,
  date: { decode: decodeDate, encode: encodeDate },
  time: { decode: decodeTime, encode: encodeTime },
  timestamp: {
    decode: (bytes) => decodeTimestamp(bytes, ''),
    encode: (text) => encodeTimestamp(text, false),
  },
  timestamptz: {
    decode: (bytes) => decodeTimestamp(bytes, '+00'),
    encode: (text) => encodeTimestamp(text, true),
  },
  interval: { decode: decodeInterval, encode: encodeInterval },
  timetz: { decode: decodeTimeTz, encode: encodeTimeTz },
  numeric: { decode: decodeNumeric, encode: encodeNumeric },
  uuid: { decode: decodeUuid, encode: encodeUuid },
  jsonb: { decode: decodeJsonb, encode: encodeJsonb },
} as const satisfies Record<ScalarTypeName, ScalarCodec>;

/**
 * The text of a value in the binary format. Dates and times come in the ISO
 * style and timestamptz in UTC, whatever the session's settings.
 */
export function decodeBinaryToText(bytes: Buffer, typeOid: number): string | null {
  const type = pgType(typeOid);
  if (type === undefined) return null;
  const codec: ScalarCodec = SCALAR_CODECS[type.element];
  return type.array ? decodeArray(bytes, type.elementOid, codec) : codec.decode(bytes);
}

/** The binary format of a value given as text in the server's output syntax. */
export function encodeBinary(text: string, typeOid: number): Buffer | null {
  const type = pgType(typeOid);
  if (type === undefined) return null;
  const codec: ScalarCodec = SCALAR_CODECS[type.element];
  return type.array ? encodeArray(text, type.elementOid, codec) : codec.encode(text);
}
