import { Buffer } from 'node:buffer';
import { ESCAPE, escapeSequenceAt } from './escape-sequence.ts';

/** Bytes from `start` to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What of some bytes is text, and where each byte of it is in them. */
export interface VisibleText {
  readonly bytes: Buffer;
  /** Null: all bytes are text. */
  readonly source: Uint32Array | null;
  /** The text as it reads once lines that a terminal broke are joined and what was typed over is gone; null: the same. */
  readonly joined: { readonly bytes: Buffer; readonly source: Uint32Array } | null;
  /** What a mask leaves where it is: escape sequences, and line breaks inside of a value. */
  readonly kept: readonly ByteRange[];
  /** Sequences with a text of their own. */
  readonly strings: readonly ByteRange[];
  /** Before what is the start of an escape sequence; else the length. */
  readonly complete: number;
  /** The terminal's column before each byte of the text; null where there is no terminal. */
  readonly columns: Int32Array | null;
}

/** A terminal that bytes are shown on. */
export interface TerminalSize {
  /** Characters in a line; 0: not known. */
  readonly columns: number;
}

const BACKSPACE = 0x08;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;
/** Far from every line's end. */
const UNKNOWN_COLUMN = -0x10000000;

const PLAIN = 0;
const JOINED = 1;
const TYPED_OVER = 2;

/** The text in `raw`: without a terminal, all but control sequences; with one, what it shows. */
export function readVisible(raw: Buffer, terminal: TerminalSize | null, column: number): VisibleText {
  if (terminal === null && !raw.includes(ESCAPE)) {
    return {
      bytes: raw,
      source: null,
      joined: null,
      kept: [],
      strings: [],
      complete: raw.length,
      columns: null,
    };
  }
  return new Reader(raw, terminal, column).read();
}

class Reader {
  readonly #raw: Buffer;
  readonly #terminal: TerminalSize | null;
  readonly #bytes: Buffer;
  readonly #source: Uint32Array;
  readonly #columns: Int32Array;
  readonly #marks: Uint8Array;
  readonly #kept: ByteRange[] = [];
  readonly #strings: ByteRange[] = [];
  #count = 0;
  #column: number;
  #marked = false;

  constructor(raw: Buffer, terminal: TerminalSize | null, column: number) {
    this.#raw = raw;
    this.#terminal = terminal;
    this.#column = column;
    this.#bytes = Buffer.allocUnsafe(raw.length);
    this.#source = new Uint32Array(raw.length);
    this.#columns = new Int32Array(terminal === null ? 0 : raw.length);
    this.#marks = new Uint8Array(raw.length);
  }

  read(): VisibleText {
    const raw = this.#raw;
    let at = 0;
    while (at < raw.length) {
      const byte = raw[at] ?? 0;
      const sequence = byte === ESCAPE ? escapeSequenceAt(raw, at, this.#terminal !== null) : null;
      if (sequence?.kind === 'cut-off') break;
      if (sequence !== null) {
        const range = { start: at, end: sequence.end };
        this.#kept.push(range);
        if (sequence.kind === 'string') this.#strings.push(range);
        if (sequence.kind === 'move') this.#moved(at);
        at = sequence.end;
        continue;
      }
      if (this.#terminal === null) this.#put(byte, at, PLAIN);
      else this.#show(byte, at, this.#terminal.columns);
      at += 1;
    }
    return {
      bytes: this.#bytes.subarray(0, this.#count),
      source: this.#source.subarray(0, this.#count),
      joined: this.#marked ? this.#join() : null,
      kept: this.#kept,
      strings: this.#strings,
      complete: at,
      columns: this.#terminal === null ? null : this.#columns.subarray(0, this.#count),
    };
  }

  /** What comes next may stand anywhere: a break, which is not in `joined`. */
  #moved(at: number): void {
    this.#put(LINE_FEED, at, JOINED);
    this.#column = UNKNOWN_COLUMN;
  }

  #show(byte: number, at: number, width: number): void {
    if (byte >= SPACE && byte !== DELETE) {
      const isFull = width > 0 && this.#column === width;
      if (byte === SPACE && isFull && isAnyOf(this.#raw[at + 1], RETURN)) {
        this.#kept.push({ start: at, end: at + 1 });
        this.#put(byte, at, JOINED);
        return;
      }
      this.#put(byte, at, PLAIN);
      if ((byte & 0xc0) !== 0x80) this.#column = isFull ? 1 : this.#column + 1;
    } else if (byte === RETURN || byte === LINE_FEED) this.#break(byte, at, width);
    else if (byte === BACKSPACE) {
      this.#put(byte, at, TYPED_OVER);
      this.#column -= 1;
    } else if (byte === TAB || byte === 0x0b || byte === 0x0c) {
      this.#put(byte, at, PLAIN);
      this.#column = UNKNOWN_COLUMN;
    }
    // The other control characters show nothing.
  }

  #break(byte: number, at: number, width: number): void {
    const followsJoined =
      this.#count > 0 && this.#marks[this.#count - 1] === JOINED && this.#source[this.#count - 1] === at - 1;
    const isWrap =
      followsJoined ||
      (byte === RETURN && width > 0 && this.#column === width && isAnyOf(this.#raw[at + 1], LINE_FEED));
    if (isWrap) this.#kept.push({ start: at, end: at + 1 });
    this.#put(byte, at, isWrap ? JOINED : PLAIN);
    this.#column = 0;
  }

  #put(byte: number, at: number, mark: number): void {
    const index = this.#count++;
    this.#bytes[index] = byte;
    this.#source[index] = at;
    this.#marks[index] = mark;
    if (this.#terminal !== null) this.#columns[index] = this.#column;
    if (mark !== PLAIN) this.#marked = true;
  }

  #join(): { readonly bytes: Buffer; readonly source: Uint32Array } {
    const bytes = Buffer.allocUnsafe(this.#count);
    const source = new Uint32Array(this.#count);
    let count = 0;
    for (let i = 0; i < this.#count; i += 1) {
      const mark = this.#marks[i];
      if (mark === PLAIN) {
        bytes[count] = this.#bytes[i] ?? 0;
        source[count] = this.#source[i] ?? 0;
        count += 1;
      } else if (mark === TYPED_OVER) {
        while (count > 0 && ((bytes[count - 1] ?? 0) & 0xc0) === 0x80) count -= 1;
        if (count > 0) count -= 1;
      }
    }
    return { bytes: bytes.subarray(0, count), source: source.subarray(0, count) };
  }
}

/** Whether the byte is this one, or not there yet. */
function isAnyOf(byte: number | undefined, expected: number): boolean {
  return byte === undefined || byte === expected;
}
