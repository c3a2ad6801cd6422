/** The CSV format of COPY. */
import { Buffer } from 'node:buffer';
import type { RowPlan } from '../rows/row-rewriter.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import type { ByteSink } from './byte-sink.ts';
import type { CopyRows } from './copy-rows.ts';
import { delimiterByte } from './text-rows.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface CsvCopyOptions {
  /** Default: a comma. */
  readonly delimiter?: string;
  /** Default: a double quote. */
  readonly quote?: string;
  /** What makes a quote or itself ordinary inside quotes. Default: the quote. */
  readonly escape?: string;
  /** What stands for NULL where it is not quoted. Default: nothing. */
  readonly nullText?: string;
  readonly header?: boolean;
}

export class CsvCopyRows implements CopyRows {
  readonly mayEnd = true;
  readonly #plan: RowPlan;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #nullText: Buffer;
  #headerAhead: boolean;
  /** How far the row at hand has been looked through, from its start, and whether that is inside quotes. */
  #lookedAt = 0;
  #quoted = false;

  constructor(plan: RowPlan, options: CsvCopyOptions = {}) {
    const quote = options.quote ?? '"';
    this.#plan = plan;
    this.#delimiter = delimiterByte(options.delimiter ?? ',');
    this.#quote = delimiterByte(quote);
    this.#escape = delimiterByte(options.escape ?? quote);
    this.#nullText = Buffer.from(options.nullText ?? '', 'utf8');
    this.#headerAhead = options.header ?? false;
  }

  findEnd(source: Buffer, start: number, end: number): number | null {
    let quoted = this.#quoted;
    for (let at = start + this.#lookedAt; at < end; at++) {
      const byte = source[at];
      if (quoted && byte === this.#escape && byte !== this.#quote) {
        // It may be at the end: then it is looked at again with what follows.
        if (at + 1 === end) return this.#stopAt(at - start, quoted);
        if (source[at + 1] === this.#quote || source[at + 1] === this.#escape) at += 1;
      } else if (byte === this.#quote) {
        // A doubled quote closes and opens again, which comes to the same.
        quoted = !quoted;
      } else if (byte === NEWLINE && !quoted) {
        this.#stopAt(0, false);
        return at + 1;
      }
    }
    return this.#stopAt(end - start, quoted);
  }

  #stopAt(lookedAt: number, quoted: boolean): null {
    this.#lookedAt = lookedAt;
    this.#quoted = quoted;
    return null;
  }

  rewrite(source: Buffer, start: number, end: number, sink: ByteSink): void {
    if (this.#headerAhead) {
      this.#headerAhead = false;
      sink.copy(source, start, end);
      return;
    }
    let last = end - 1;
    if (last > start && source[last - 1] === CARRIAGE_RETURN) last -= 1;
    let passed = start;
    let column = 0;
    for (let field = start; field <= last; column++) {
      const fieldEnd = this.#fieldEnd(source, field, last);
      const replaced = this.#replacement(source, field, fieldEnd, column);
      if (replaced !== undefined) {
        sink.copy(source, passed, field);
        sink.bytes(replaced);
        passed = fieldEnd;
      }
      field = fieldEnd + 1;
    }
    if (column !== this.#plan.length)
      throw protocolViolation('A row of a COPY has another number of columns.');
    sink.copy(source, passed, end);
  }

  #fieldEnd(source: Buffer, start: number, end: number): number {
    let quoted = false;
    for (let at = start; at < end; at++) {
      const byte = source[at];
      if (quoted && byte === this.#escape && this.#escape !== this.#quote) {
        if (source[at + 1] === this.#quote || source[at + 1] === this.#escape) at += 1;
      } else if (byte === this.#quote) {
        quoted = !quoted;
      } else if (byte === this.#delimiter && !quoted) {
        return at;
      }
    }
    return end;
  }

  #replacement(source: Buffer, start: number, end: number, column: number): Uint8Array | undefined {
    const replace = this.#plan[column];
    if (replace === null || replace === undefined) return undefined;
    const isNull = source.compare(this.#nullText, 0, this.#nullText.length, start, end) === 0;
    if (isNull && replace.ofNull === undefined) return undefined;
    const value = this.#unquote(source, start, end);
    const replaced = isNull ? replace.ofNull : replace(value, 0, value.length);
    if (replaced === undefined) return undefined;
    if (replaced === null) return this.#nullText;
    const wasQuoted = start < end && source[start] === this.#quote;
    return wasQuoted || this.#needsQuotes(replaced) ? this.#quoteValue(replaced) : replaced;
  }

  #unquote(source: Buffer, start: number, end: number): Buffer {
    const value = Buffer.allocUnsafe(end - start);
    let length = 0;
    let quoted = false;
    for (let at = start; at < end; at++) {
      const byte = source.readUInt8(at);
      const next = at + 1 < end ? source[at + 1] : undefined;
      if (quoted && byte === this.#escape && (next === this.#quote || next === this.#escape)) {
        value[length++] = source.readUInt8(++at);
      } else if (byte === this.#quote) {
        quoted = !quoted;
      } else {
        value[length++] = byte;
      }
    }
    return value.subarray(0, length);
  }

  /** As CopyAttributeOutCSV decides it; a lone end-of-data marker is quoted wherever it stands. */
  #needsQuotes(value: Uint8Array): boolean {
    if (this.#nullText.equals(value) || Buffer.from('\\.').equals(value)) return true;
    return value.some(
      (byte) =>
        byte === this.#delimiter || byte === this.#quote || byte === NEWLINE || byte === CARRIAGE_RETURN,
    );
  }

  #quoteValue(value: Uint8Array): Buffer {
    const quoted: number[] = [this.#quote];
    for (const byte of value) {
      if (byte === this.#quote || byte === this.#escape) quoted.push(this.#escape);
      quoted.push(byte);
    }
    quoted.push(this.#quote);
    return Buffer.from(quoted);
  }
}
