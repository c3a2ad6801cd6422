/** The binary format of COPY: a header, rows of length-prefixed values, a trailer. */
import { Buffer } from 'node:buffer';
import type { RowPlan } from '../rows/row-rewriter.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import type { ByteSink } from './byte-sink.ts';
import type { CopyRows } from './copy-rows.ts';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** Signature, flags, and the length of the extension. */
const FIXED_HEADER_BYTES = SIGNATURE.length + 8;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
/** In place of a row's number of fields. */
const TRAILER = -1;

type Stage = 'header' | 'rows' | 'ended';

/** The header and the trailer are handled as rows of their own that pass as they are. */
export class BinaryCopyRows implements CopyRows {
  readonly #plan: RowPlan;
  #stage: Stage = 'header';
  /** Where the next length word of the row at hand is, from its start; 0: the count has not been read. */
  #lookedAt = 0;
  #fieldsLeft = 0;

  constructor(plan: RowPlan) {
    this.#plan = plan;
  }

  get mayEnd(): boolean {
    return this.#stage === 'ended';
  }

  findEnd(source: Buffer, start: number, end: number): number | null {
    switch (this.#stage) {
      case 'header':
        return headerEnd(source, start, end);
      case 'rows':
        return this.#rowEnd(source, start, end);
      case 'ended':
        throw protocolViolation('A COPY stream goes on behind its end.');
    }
  }

  rewrite(source: Buffer, start: number, end: number, sink: ByteSink): void {
    if (this.#stage === 'header') {
      this.#stage = 'rows';
      sink.copy(source, start, end);
      return;
    }
    const count = source.readInt16BE(start);
    if (count === TRAILER) this.#stage = 'ended';
    else if (count !== this.#plan.length)
      throw protocolViolation('A row of a COPY has another number of columns.');
    let passed = start;
    let field = start + COUNT_BYTES;
    for (let column = 0; column < count; column++) {
      const value = field + LENGTH_BYTES;
      const length = source.readInt32BE(field);
      const valueEnd = length === -1 ? value : value + length;
      const replace = this.#plan[column];
      const replaced = length === -1 ? replace?.ofNull : replace?.(source, value, valueEnd);
      if (replaced !== undefined) {
        sink.copy(source, passed, field);
        sink.int32(replaced === null ? -1 : replaced.length);
        if (replaced !== null) sink.bytes(replaced);
        passed = valueEnd;
      }
      field = valueEnd;
    }
    sink.copy(source, passed, end);
  }

  #rowEnd(source: Buffer, start: number, end: number): number | null {
    if (this.#lookedAt === 0) {
      if (end - start < COUNT_BYTES) return null;
      const count = source.readInt16BE(start);
      if (count < TRAILER) throw protocolViolation('A row of a COPY has a negative number of columns.');
      this.#fieldsLeft = Math.max(count, 0);
      this.#lookedAt = COUNT_BYTES;
    }
    while (this.#fieldsLeft > 0) {
      const field = start + this.#lookedAt;
      if (end - field < LENGTH_BYTES) return null;
      const length = source.readInt32BE(field);
      if (length < -1) throw protocolViolation('A value of a COPY has a negative length.');
      this.#lookedAt += LENGTH_BYTES + Math.max(length, 0);
      this.#fieldsLeft -= 1;
    }
    const rowEnd = start + this.#lookedAt;
    if (rowEnd > end) return null;
    this.#lookedAt = 0;
    return rowEnd;
  }
}

function headerEnd(source: Buffer, start: number, end: number): number | null {
  const known = Math.min(end - start, SIGNATURE.length);
  if (source.compare(SIGNATURE, 0, known, start, start + known) !== 0) {
    throw protocolViolation('A binary COPY does not begin with its signature.');
  }
  if (end - start < FIXED_HEADER_BYTES) return null;
  const extension = source.readInt32BE(start + SIGNATURE.length + 4);
  if (extension < 0) throw protocolViolation('The header of a COPY has a negative length.');
  const headerEndsAt = start + FIXED_HEADER_BYTES + extension;
  return headerEndsAt > end ? null : headerEndsAt;
}
