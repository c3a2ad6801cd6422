import { DataEncoding } from '@sallyport/contracts/event';
import type { PackedData } from './data-packer.ts';

/*
 * Output and StatementFinished by hand: they are written for every statement,
 * and what changes in them is little. The spec compares with protobuf-es.
 */

const WIRE_VARINT = 0;
const WIRE_LENGTH_DELIMITED = 2;
/** Room for the encoding and the length of what was packed. */
const PACKING_BYTES = 2 + 6;

/**
 * The body of an Output event, or of an Input event, which has the same fields, in two parts, the second being
 * `data` itself. `channel` is ASCII; empty where the protocol has one only.
 */
export function encodeOutput(
  statementId: string,
  format: string,
  { bytes: data, decodedBytes }: PackedData,
  channel = '',
): readonly Uint8Array[] {
  const ids = statementId.length === 0 ? 0 : fieldBytes(statementId.length);
  const channels = channel.length === 0 ? 0 : fieldBytes(channel.length);
  const out = Buffer.allocUnsafe(ids + channels + fieldBytes(format.length) + 11 + PACKING_BYTES);
  let at = 0;
  if (statementId.length > 0) at = writeText(out, at, 1, statementId);
  if (channel.length > 0) at = writeText(out, at, 2, channel);
  at = writeText(out, at, 3, format);
  if (decodedBytes > 0) {
    at = writeNumber(out, at, 5, DataEncoding.ZSTD);
    at = writeNumber(out, at, 6, decodedBytes);
  }
  at = writeVarint(out, writeTag(out, at, 4, WIRE_LENGTH_DELIMITED), data.length);
  return [out.subarray(0, at), data];
}

/** The numbers of a StatementFinished event. */
export interface FinishedNumbers {
  /** A StatementOutcome. */
  readonly outcome: number;
  readonly rows: number;
  readonly bytes: number;
  readonly durationUs: number;
}

/** The body of a StatementFinished event without masks. `statementId` and `status` are ASCII. */
export function encodeFinished(statementId: string, status: string, numbers: FinishedNumbers): Uint8Array {
  const out = Buffer.allocUnsafe(fieldBytes(statementId.length) + fieldBytes(status.length) + 4 * 11);
  let at = writeText(out, 0, 1, statementId);
  at = writeNumber(out, at, 2, numbers.outcome);
  if (status.length > 0) at = writeText(out, at, 3, status);
  at = writeNumber(out, at, 4, numbers.rows);
  at = writeNumber(out, at, 5, numbers.bytes);
  at = writeNumber(out, at, 6, numbers.durationUs);
  return out.subarray(0, at);
}

function fieldBytes(length: number): number {
  let count = 2;
  for (let rest = length; rest > 0x7f; rest = Math.floor(rest / 128)) count++;
  return count + length;
}

function writeTag(out: Buffer, at: number, field: number, wireType: number): number {
  out[at] = (field << 3) | wireType;
  return at + 1;
}

function writeVarint(out: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 0x7f) {
    out[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[at++] = rest;
  return at;
}

function writeText(out: Buffer, at: number, field: number, ascii: string): number {
  const start = writeVarint(out, writeTag(out, at, field, WIRE_LENGTH_DELIMITED), ascii.length);
  return start + out.write(ascii, start, 'latin1');
}

function writeNumber(out: Buffer, at: number, field: number, value: number): number {
  if (value === 0) return at;
  return writeVarint(out, writeTag(out, at, field, WIRE_VARINT), value);
}
