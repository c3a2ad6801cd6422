/**
 * Rewrites whole DataRow messages for masking without decoding the rest of
 * them. Fields that no replacement is for are never touched, and are moved in
 * spans only where a replacement before them changed the length.
 */
import { Buffer } from 'node:buffer';
import { HEADER_BYTES } from '../wire/frame.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';

/**
 * What becomes of one value, given as a region of a buffer: other bytes, null
 * for SQL NULL, or undefined to leave it. Not called for values that are NULL
 * already. The result may be a view of the same region.
 */
export interface FieldReplacement {
  (source: Buffer, start: number, end: number): Uint8Array | null | undefined;
  /** What a NULL becomes, where it must not be told from a value. Absent: it stays NULL. */
  readonly ofNull?: Uint8Array | null;
}

/** One entry for each column of the result, in order; null passes the column. */
export type RowPlan = readonly (FieldReplacement | null)[];

/** A region of a buffer. */
export interface Region {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Applies the plan to rows that lie side by side (a part that a FrameScanner
 * gave under the rule `batch`). Works in place while the result fits, so the
 * source's bytes are gone after; the region returned is the source's own, or a
 * new buffer when values grew.
 *
 * @throws AccessError protocol_violation when a row is malformed or has another number of columns than the
 *   plan: the rows are not the ones that the plan was made for, and none may pass
 */
export function rewriteRows(rows: Region, plan: RowPlan): Region {
  const pass = new RowPass(rows);
  let last = -1;
  plan.forEach((column, index) => {
    if (column !== null) last = index;
  });
  for (let at = rows.start; at < rows.end;) at = rewriteRow(pass, at, plan, last);
  return pass.finish();
}

/** Rewrites the row at `at`; returns where it ends. */
function rewriteRow(pass: RowPass, at: number, plan: RowPlan, last: number): number {
  const { source } = pass;
  const rowEnd = at + rowLength(source, at, pass.end);
  if (int16(source, at + HEADER_BYTES) !== plan.length) {
    throw protocolViolation('A row has another number of columns than its description.');
  }
  const rowOut = pass.positionOf(at);
  let grownBy = 0;
  let field = at + HEADER_BYTES + 2;
  for (let index = 0; index <= last; index++) {
    const value = field + 4;
    if (value > rowEnd) throw protocolViolation('A row is shorter than its fields say.');
    const length = int32(source, field);
    const end = length < 0 ? value : value + length;
    if (length < -1 || end > rowEnd) throw protocolViolation('A row is shorter than its fields say.');
    const replace = plan[index];
    if (replace !== null && replace !== undefined) {
      const result = length < 0 ? replace.ofNull : replace(source, value, end);
      if (result !== undefined) {
        pass.replace(field, end, result);
        grownBy += (result === null ? 0 : result.length) - Math.max(length, 0);
      }
    }
    field = end;
  }
  if (grownBy !== 0) pass.setLength(rowOut, rowEnd - at - 1 + grownBy);
  return rowEnd;
}

/** The whole length of the row at `at`, header included. */
function rowLength(source: Buffer, at: number, end: number): number {
  if (end - at < HEADER_BYTES + 2) throw protocolViolation('A row is shorter than its header.');
  const total = int32(source, at + 1) + 1;
  if (total < HEADER_BYTES + 2 || total > end - at) throw protocolViolation('A row is not whole.');
  return total;
}

function int16(source: Buffer, at: number): number {
  return source.readInt16BE(at);
}

function int32(source: Buffer, at: number): number {
  return source.readInt32BE(at);
}

/** Spans shorter than this are copied byte by byte, which beats the call into native code. */
const SHORT_SPAN = 48;

/**
 * Where the output of one pass goes. Everything before `#spanStart` of the
 * source is in the output already; what follows is still to be copied, or is
 * in its place when the output is the source itself and nothing moved.
 */
class RowPass {
  readonly source: Buffer;
  readonly end: number;
  #out: Buffer;
  #outStart: number;
  #written: number;
  #spanStart: number;

  constructor(rows: Region) {
    this.source = rows.source;
    this.end = rows.end;
    this.#out = rows.source;
    this.#outStart = rows.start;
    this.#written = 0;
    this.#spanStart = rows.start;
  }

  /** Where the byte at `at` of the source will be in the output, counted from its start. */
  positionOf(at: number): number {
    return this.#written + at - this.#spanStart;
  }

  /** Puts `value` in the place of the field whose length word is at `field`, and whose bytes end at `end`. */
  replace(field: number, end: number, value: Uint8Array | null): void {
    const length = value === null ? 0 : value.length;
    this.#flush(field);
    this.#makeRoom(4 + length, end);
    let at = this.#outStart + this.#written;
    this.#out.writeInt32BE(value === null ? -1 : length, at);
    at += 4;
    if (value !== null) copySpan(value, 0, length, this.#out, at);
    this.#written += 4 + length;
    this.#spanStart = end;
  }

  setLength(rowOut: number, lengthWord: number): void {
    this.#out.writeInt32BE(lengthWord, this.#outStart + rowOut + 1);
  }

  finish(): Region {
    this.#flush(this.end);
    return { source: this.#out, start: this.#outStart, end: this.#outStart + this.#written };
  }

  /** Brings the source's bytes up to `until` into the output. */
  #flush(until: number): void {
    const length = until - this.#spanStart;
    const inPlace = this.#out === this.source && this.#outStart + this.#written === this.#spanStart;
    if (!inPlace) {
      if (this.#out !== this.source) this.#reserve(length, until);
      copySpan(this.source, this.#spanStart, until, this.#out, this.#outStart + this.#written);
    }
    this.#written += length;
    this.#spanStart = until;
  }

  /** Room for a value: within the source only as far as the bytes read already reach. */
  #makeRoom(length: number, readUpTo: number): void {
    if (this.#out !== this.source) {
      this.#reserve(length, readUpTo);
    } else if (this.#outStart + this.#written + length > readUpTo) {
      this.#move(length, readUpTo);
    }
  }

  #reserve(length: number, readUpTo: number): void {
    if (this.#outStart + this.#written + length > this.#out.length) this.#move(length, readUpTo);
  }

  /** Goes on in a new buffer with room for `length`, all that is left of the source, and some growth. */
  #move(length: number, readUpTo: number): void {
    const wanted = this.#written + length + (this.end - readUpTo);
    const grown = Buffer.allocUnsafe(wanted + (wanted >> 2));
    this.#out.copy(grown, 0, this.#outStart, this.#outStart + this.#written);
    this.#out = grown;
    this.#outStart = 0;
  }
}

function copySpan(from: Uint8Array, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > SHORT_SPAN) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let index = start; index < end; index++) to[at++] = from[index] ?? 0;
}
