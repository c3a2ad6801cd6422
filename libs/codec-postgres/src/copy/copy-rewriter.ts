/**
 * Replaces values in a COPY stream as it passes. Rows may be split anywhere;
 * a row is passed on once it is whole, since what is masked in it cannot be
 * known before.
 */
import { Buffer } from 'node:buffer';
import { AccessError } from '@sallyport/errors';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { ByteSink } from './byte-sink.ts';
import type { CopyRows } from './copy-rows.ts';

/** Largest row that is held back to be masked, in bytes. */
const MAX_ROW_BYTES = 64 * 1024 * 1024;

export class CopyRewriter {
  readonly #rows: CopyRows;
  readonly #maxRowBytes: number;
  /** The beginning of a row whose end has not come yet; `#heldLength` bytes of it count. */
  #held: Buffer = Buffer.alloc(0);
  #heldLength = 0;
  #rowCount = 0;

  constructor(rows: CopyRows, maxRowBytes = MAX_ROW_BYTES) {
    this.#rows = rows;
    this.#maxRowBytes = maxRowBytes;
  }

  /** Rows passed on so far; of the text forms the header counts as one. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /**
   * Takes the next bytes of the stream and writes all rows that are whole.
   * @throws AccessError protocol_violation, or masking_not_possible for a row too large to hold
   */
  write(source: Buffer, start: number, end: number, sink: ByteSink): void {
    if (this.#heldLength > 0) {
      this.#hold(source, start, end);
      const rest = this.#passWholeRows(this.#held, 0, this.#heldLength, sink);
      this.#held.copyWithin(0, rest, this.#heldLength);
      this.#heldLength -= rest;
      // One large row must not keep its memory for the life of the connection.
      if (this.#heldLength === 0) this.#held = Buffer.alloc(0);
    } else {
      const rest = this.#passWholeRows(source, start, end, sink);
      if (rest < end) this.#hold(source, rest, end);
    }
  }

  /** The stream's next bytes, as `write` gives them. */
  push(bytes: Buffer): Buffer {
    const sink = new ByteSink(bytes.length + bytes.length / 4);
    this.write(bytes, 0, bytes.length, sink);
    return sink.take();
  }

  /** The stream is over. @throws AccessError protocol_violation when it ends inside a row */
  finish(): void {
    if (this.#heldLength > 0 || !this.#rows.mayEnd)
      throw protocolViolation('A COPY stream ends inside a row.');
  }

  /** Returns where the first row begins that is not whole. */
  #passWholeRows(source: Buffer, start: number, end: number, sink: ByteSink): number {
    let at = start;
    while (at < end) {
      const rowEnd = this.#rows.findEnd(source, at, end);
      if (rowEnd === null) break;
      this.#rows.rewrite(source, at, rowEnd, sink);
      this.#rowCount += 1;
      at = rowEnd;
    }
    return at;
  }

  #hold(source: Buffer, start: number, end: number): void {
    const length = this.#heldLength + end - start;
    if (length > this.#maxRowBytes) {
      throw new AccessError('masking_not_possible', 'A row of the COPY is too large to be masked.');
    }
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.#held.length * 2));
      this.#held.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    source.copy(this.#held, this.#heldLength, start, end);
    this.#heldLength = length;
  }
}
