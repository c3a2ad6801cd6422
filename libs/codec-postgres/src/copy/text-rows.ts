/** The text format of COPY: delimiters, backslashes, a marker for NULL, newlines. */
import { Buffer } from 'node:buffer';
import type { RowPlan } from '../rows/row-rewriter.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import type { ByteSink } from './byte-sink.ts';
import type { CopyRows } from './copy-rows.ts';

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

/** Characters that are written as a backslash and a letter. */
const ESCAPES = new Map<number, number>([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0b, 0x76],
  [0x0c, 0x66],
  [0x0d, 0x72],
  [BACKSLASH, BACKSLASH],
]);
const UNESCAPES = new Map(Array.from(ESCAPES, ([plain, letter]) => [letter, plain]));

export interface TextCopyOptions {
  /** One byte, as DELIMITER sets it. Default: a tab. */
  readonly delimiter?: string;
  /** What stands for NULL. Default: \N. */
  readonly nullText?: string;
  /** Whether the first row is the names of the columns, which pass. */
  readonly header?: boolean;
}

/** The stream must be in an encoding in which all bytes below 128 are ASCII, as UTF-8 is. */
export class TextCopyRows implements CopyRows {
  readonly mayEnd = true;
  readonly #plan: RowPlan;
  readonly #delimiter: number;
  readonly #nullText: Buffer;
  #headerAhead: boolean;
  /** How far the row at hand has been looked through, from its start. */
  #lookedAt = 0;

  constructor(plan: RowPlan, options: TextCopyOptions = {}) {
    this.#plan = plan;
    this.#delimiter = delimiterByte(options.delimiter ?? '\t');
    this.#nullText = Buffer.from(options.nullText ?? '\\N', 'utf8');
    this.#headerAhead = options.header ?? false;
  }

  findEnd(source: Buffer, start: number, end: number): number | null {
    for (let at = start + this.#lookedAt; at < end;) {
      const newline = source.indexOf(NEWLINE, at);
      if (newline === -1 || newline >= end) break;
      at = newline + 1;
      if (isEscaped(source, start, newline)) continue;
      this.#lookedAt = 0;
      return at;
    }
    this.#lookedAt = end - start;
    return null;
  }

  rewrite(source: Buffer, start: number, end: number, sink: ByteSink): void {
    if (this.#headerAhead) {
      this.#headerAhead = false;
      sink.copy(source, start, end);
      return;
    }
    const last = end - 1;
    let passed = start;
    let field = start;
    let column = 0;
    for (let at = start; at <= last; at++) {
      if (source[at] === BACKSLASH && at < last) {
        at += 1;
      } else if (at === last || source[at] === this.#delimiter) {
        const replaced = this.#replacement(source, field, at, column);
        if (replaced !== undefined) {
          sink.copy(source, passed, field);
          sink.bytes(replaced);
          passed = at;
        }
        field = at + 1;
        column += 1;
      }
    }
    if (column !== this.#plan.length)
      throw protocolViolation('A row of a COPY has another number of columns.');
    sink.copy(source, passed, end);
  }

  /** What to write for a field, or undefined to leave it. */
  #replacement(source: Buffer, start: number, end: number, column: number): Uint8Array | undefined {
    const replace = this.#plan[column];
    if (replace === null || replace === undefined) return undefined;
    const isNull = source.compare(this.#nullText, 0, this.#nullText.length, start, end) === 0;
    if (isNull && replace.ofNull === undefined) return undefined;
    const value = unescapeField(source, start, end);
    const replaced = isNull ? replace.ofNull : replace(value, 0, value.length);
    if (replaced === undefined) return undefined;
    return replaced === null ? this.#nullText : escapeField(replaced, this.#delimiter);
  }
}

/** The byte of a delimiter or quote. @throws AccessError protocol_violation for what COPY does not allow */
export function delimiterByte(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const byte = bytes[0];
  if (byte === undefined || bytes.length !== 1 || byte === NEWLINE || byte === 0x0d) {
    throw protocolViolation('A delimiter of a COPY is not a single byte.');
  }
  return byte;
}

function isEscaped(source: Buffer, start: number, at: number): boolean {
  let backslashes = 0;
  while (at - backslashes > start && source[at - backslashes - 1] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

/** The value that a field's bytes stand for. */
function unescapeField(source: Buffer, start: number, end: number): Buffer {
  const value = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end;) {
    const byte = source.readUInt8(at);
    at += 1;
    if (byte !== BACKSLASH || at === end) {
      value[length++] = byte;
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(source.toString('latin1', at, Math.min(at + 3, end)))?.[0];
    const hex = /^x[0-9a-fA-F]{1,2}/.exec(source.toString('latin1', at, Math.min(at + 3, end)))?.[0];
    if (octal !== undefined) {
      value[length++] = Number.parseInt(octal, 8) & 0xff;
      at += octal.length;
    } else if (hex !== undefined) {
      value[length++] = Number.parseInt(hex.slice(1), 16);
      at += hex.length;
    } else {
      const letter = source.readUInt8(at);
      value[length++] = UNESCAPES.get(letter) ?? letter;
      at += 1;
    }
  }
  return value.subarray(0, length);
}

function escapeField(value: Uint8Array, delimiter: number): Buffer {
  const escaped: number[] = [];
  for (const byte of value) {
    const letter = ESCAPES.get(byte);
    if (letter !== undefined) escaped.push(BACKSLASH, letter);
    else if (byte === delimiter) escaped.push(BACKSLASH, byte);
    else escaped.push(byte);
  }
  return Buffer.from(escaped);
}
