/**
 * The texts that a binary value holds, for types of which no value could be
 * written back: enums, composites, ranges, geometry. Read by their structure
 * (record_send, range_send, multirange_send), so that digits in a bigint inside
 * a composite are found as they would be in its text form.
 */
import type { Buffer } from 'node:buffer';
import { AccessError } from '@sallyport/errors';
import { decodeUtf8, MessageCursor } from '../wire/message-cursor.ts';
import { decodeBinaryToText } from './binary-value.ts';
import { pgType } from './pg-type.ts';

/** Composites may hold composites; what is deeper is not read. */
const MAX_DEPTH = 16;

const OID = { bit: 1560, varbit: 1562, date: 1082, float8: 701, int4: 23, int8: 20, numeric: 1700 } as const;
const BYTEA = 17;
export const BYTEA_ARRAY = 1001;
const TIMESTAMP = 1114;
const TIMESTAMPTZ = 1184;

/** Ranges by OID, each with the type of its bounds; what multiranges hold is ranges of the same. */
const RANGE_BOUNDS: ReadonlyMap<number, number> = new Map([
  [3904, OID.int4],
  [3906, OID.numeric],
  [3908, TIMESTAMP],
  [3910, TIMESTAMPTZ],
  [3912, OID.date],
  [3926, OID.int8],
]);
const MULTIRANGE_BOUNDS: ReadonlyMap<number, number> = new Map([
  [4451, OID.int4],
  [4532, OID.numeric],
  [4533, TIMESTAMP],
  [4534, TIMESTAMPTZ],
  [4535, OID.date],
  [4536, OID.int8],
]);

/** Types of the server's own whose form holds neither text nor a number that somebody could have written: void, bit strings, addresses of hardware and of rows, xid, cid, WAL positions. */
const WITHOUT_TEXT: ReadonlySet<number> = new Set([2278, OID.bit, OID.varbit, 829, 774, 27, 28, 29, 3220]);

/** tsvector, jsonpath: words with a few bytes between. */
const SPELLED: ReadonlySet<number> = new Set([3614, 4072]);
/** point, lseg, box, line, circle: numbers side by side, nothing else. */
const FLOATS_ONLY: ReadonlySet<number> = new Set([600, 601, 603, 628, 718]);
/** money, xid8: a number of eight bytes. */
const INT8_LIKE: ReadonlySet<number> = new Set([790, 5069]);
/** regproc, regclass, regtype...: an OID. */
const OID_LIKE: ReadonlySet<number> = new Set([
  24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191,
]);

/** Types tried for a value of which not even the type is known, by its length. */
const NUMBERS_BY_LENGTH: ReadonlyMap<number, readonly number[]> = new Map([
  [1, [16]],
  [2, [21]],
  [4, [23, 700, OID.date]],
  [8, [OID.int8, OID.float8, TIMESTAMP]],
  [12, [1266]],
  [16, [2950, 1186]],
]);

/** @param typeOid 0: not known. @returns null where the value cannot be read, so that nobody can say what is in it */
export function heldTexts(bytes: Buffer, typeOid: number): readonly string[] | null {
  return ifItFits(() => read(bytes, typeOid, MAX_DEPTH));
}

type Texts = readonly string[] | null;

function read(bytes: Buffer, typeOid: number, depth: number): Texts {
  if (depth === 0) return null;
  if (typeOid === BYTEA) return [decodeUtf8(bytes) ?? bytes.toString('latin1')];
  if (typeOid === BYTEA_ARRAY) return array(bytes, depth);
  if (pgType(typeOid) !== undefined) return one(decodeBinaryToText(bytes, typeOid));
  if (WITHOUT_TEXT.has(typeOid)) return [];
  if (SPELLED.has(typeOid)) return [bytes.toString('utf8')];
  if (INT8_LIKE.has(typeOid)) return one(decodeBinaryToText(bytes, OID.int8));
  if (OID_LIKE.has(typeOid)) return one(decodeBinaryToText(bytes, 26));
  if (FLOATS_ONLY.has(typeOid)) return floats(bytes);
  const bound = RANGE_BOUNDS.get(typeOid);
  if (bound !== undefined) return range(bytes, bound, depth);
  const bounds = MULTIRANGE_BOUNDS.get(typeOid);
  if (bounds !== undefined) return multirange(bytes, bounds, depth);
  return readUnknown(bytes, typeOid, depth);
}

/** Enums are their label; no other form begins with a printable character, and none is without a zero byte. */
function readUnknown(bytes: Buffer, typeOid: number, depth: number): Texts {
  const text = decodeUtf8(bytes);
  if (text !== null && isPrintable(text)) return [text];
  const structured =
    ifItFits(() => record(bytes, depth)) ??
    ifItFits(() => array(bytes, depth)) ??
    ifItFits(() => range(bytes, 0, depth)) ??
    ifItFits(() => multirange(bytes, 0, depth));
  if (structured !== null || typeOid !== 0) return structured;
  return readNumber(bytes);
}

/** Every number that the bytes could be. */
function readNumber(bytes: Buffer): Texts {
  const types = [...(NUMBERS_BY_LENGTH.get(bytes.length) ?? []), OID.numeric, 869, 3802];
  const texts = types.flatMap((oid) => decodeBinaryToText(bytes, oid) ?? []);
  return texts.length === 0 ? null : texts;
}

function ifItFits(reading: () => Texts): Texts {
  try {
    return reading();
  } catch (error) {
    if (error instanceof AccessError && error.code === 'protocol_violation') return null;
    throw error;
  }
}

/** record_send: a count, and for each column its type and its value. */
function record(bytes: Buffer, depth: number): Texts {
  const cursor = new MessageCursor(bytes, 0, bytes.length);
  const count = cursor.int32();
  if (count < 0) return null;
  const texts: string[] = [];
  for (let left = count; left > 0; left--) {
    const typeOid = cursor.uint32();
    const value = cursor.nullableBytes();
    if (!addHeld(texts, value, typeOid, depth)) return null;
  }
  cursor.finish();
  return texts;
}

/** array_send, of a type that is not known here: dimensions, flags, the type of its elements, bounds, elements. */
function array(bytes: Buffer, depth: number): Texts {
  const cursor = new MessageCursor(bytes, 0, bytes.length);
  const dimensions = cursor.int32();
  const flags = cursor.int32();
  if (dimensions < 0 || dimensions > 6 || flags < 0 || flags > 1) return null;
  const elementOid = cursor.uint32();
  if (elementOid === 0) return null;
  cursor.bytes(dimensions * 8);
  const texts: string[] = [];
  while (cursor.remaining > 0) {
    if (!addHeld(texts, cursor.nullableBytes(), elementOid, depth)) return null;
  }
  return texts;
}

const RANGE_FLAGS = { empty: 0x01, lowerInfinite: 0x08, upperInfinite: 0x10, known: 0x1f } as const;

/** range_send: flags, then the bounds that there are. */
function range(bytes: Buffer, boundOid: number, depth: number): Texts {
  const cursor = new MessageCursor(bytes, 0, bytes.length);
  const flags = cursor.uint8();
  if ((flags & ~RANGE_FLAGS.known) !== 0) return null;
  const texts: string[] = [];
  if ((flags & RANGE_FLAGS.empty) === 0) {
    for (const infinite of [RANGE_FLAGS.lowerInfinite, RANGE_FLAGS.upperInfinite]) {
      if ((flags & infinite) !== 0) continue;
      const bound = cursor.nullableBytes();
      if (bound === null || !addHeld(texts, bound, boundOid, depth)) return null;
    }
  }
  cursor.finish();
  return texts;
}

/** multirange_send: a count, and each range behind its length. */
function multirange(bytes: Buffer, boundOid: number, depth: number): Texts {
  const cursor = new MessageCursor(bytes, 0, bytes.length);
  const texts: string[] = [];
  for (let left = cursor.int32(); left > 0; left--) {
    const item = cursor.nullableBytes();
    const held = item === null ? null : range(item, boundOid, depth - 1);
    if (held === null) return null;
    texts.push(...held);
  }
  cursor.finish();
  return texts;
}

/** False: the value cannot be read. */
function addHeld(texts: string[], value: Buffer | null, typeOid: number, depth: number): boolean {
  if (value === null) return true;
  const held = read(value, typeOid, depth - 1);
  if (held === null) return false;
  texts.push(...held);
  return true;
}

function floats(bytes: Buffer): Texts {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const text = decodeBinaryToText(bytes.subarray(at, at + 8), OID.float8);
    if (text === null) return null;
    texts.push(text);
  }
  return texts;
}

function one(text: string | null): Texts {
  return text === null ? null : [text];
}

function isPrintable(text: string): boolean {
  return !/[^\P{Cc}\t\n\r]/u.test(text);
}
