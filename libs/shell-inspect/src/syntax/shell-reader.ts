import type { ShellDialect } from '../model/inspection.ts';
import { fail } from './shell-syntax-error.ts';
import { emptyScript, type ShellScript, type Span, type WordPart } from './script.ts';

/** Deepest nesting of quotes, substitutions, lists and texts in texts. Far more than anybody writes by hand. */
const MAX_DEPTH = 48;

/** Most variables of which it is kept that they are certainly assigned. */
const MAX_ASSIGNED = 128;

export interface PendingHereDocument {
  readonly delimiter: string;
  readonly isQuoted: boolean;
  readonly stripsTabs: boolean;
  /** Where its operator stands. */
  readonly from: number;
}

/** Characters that mean nothing wherever they stand in a word. */
const PLAIN_RUN = /[\w@%+=:,./-]+/y;

/** Characters that end a word where they are not quoted. */
const METACHARACTERS = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>', '']);

export function isMetacharacter(char: string): boolean {
  return METACHARACTERS.has(char);
}

/**
 * A place in a text. Line continuations (backslash, newline) are not there for who looks with `char` and `startsWith`,
 * also inside operators and names, as for the shells; `raw` shows the text as it is.
 */
export class ShellReader {
  readonly raw: string;
  readonly script: ShellScript;
  readonly dialect: ShellDialect;
  readonly isInteractive: boolean;
  readonly pending: PendingHereDocument[] = [];
  readonly #hasContinuations: boolean;
  position = 0;
  depth: number;
  /** Variables that certainly have a value of the text's own at this place. */
  assigned: ReadonlySet<string> = new Set();

  constructor(raw: string, dialect: ShellDialect, isInteractive: boolean, depth = 0) {
    this.raw = raw;
    this.script = emptyScript(raw);
    this.dialect = dialect;
    this.isInteractive = isInteractive;
    this.depth = depth;
    this.#hasContinuations = raw.includes('\\\n');
    if (depth > MAX_DEPTH) fail('the text is nested too deeply', 'too-complex');
  }

  /** A reader of a text inside this one, one level deeper. */
  inner(raw: string): ShellReader {
    const reader = new ShellReader(raw, this.dialect, this.isInteractive, this.depth + 1);
    reader.assigned = this.assigned;
    return reader;
  }

  /** Keeps what an inner reader found as part of this text. */
  adopt(inner: ShellReader): void {
    const { script } = this;
    const found = inner.script;
    // One by one: a spread of very many arguments would overflow the stack.
    for (const { assignments, words, assigned } of found.commands) {
      script.commands.push({
        assignments: assignments.map(withoutSpan),
        words: words.map(withoutSpan),
        assigned,
      });
    }
    for (const redirect of found.redirects) script.redirects.push(redirect);
    for (const assignment of found.assignments) script.assignments.push({ ...assignment, span: undefined });
    for (const use of found.arithmetic) script.arithmetic.push(use);
    for (const name of found.functions) script.functions.add(name);
    for (const condition of found.conditions) script.conditions.push(condition);
    for (const doubt of found.doubts) script.doubts.add(doubt);
  }

  /** Whether the text may be read by a shell without bash's and zsh's additions (dash, ash). */
  get mayBePosix(): boolean {
    return this.dialect !== 'bash' && this.dialect !== 'zsh';
  }

  get mayBeZsh(): boolean {
    return this.dialect !== 'bash' && this.dialect !== 'posix';
  }

  doubt(reason: string): void {
    this.script.doubts.add(reason);
  }

  /** The character here; empty at the end. */
  peek(): string {
    this.#skipContinuations();
    return this.raw.charAt(this.position);
  }

  /** The character that follows the one here. */
  peekNext(): string {
    return this.at(1);
  }

  /** The character so many places further. */
  at(offset: number): string {
    if (!this.#hasContinuations) return this.raw.charAt(this.position + offset);
    const from = this.position;
    for (let i = 0; i < offset; i++) this.advance();
    const char = this.peek();
    this.position = from;
    return char;
  }

  startsWith(text: string): boolean {
    if (!this.#hasContinuations) return this.raw.startsWith(text, this.position);
    const from = this.position;
    for (const each of text) {
      if (this.peek() !== each) {
        this.position = from;
        return false;
      }
      this.position++;
    }
    this.position = from;
    return true;
  }

  /** Goes past one character. */
  advance(count = 1): void {
    for (let i = 0; i < count; i++) {
      this.#skipContinuations();
      this.position++;
    }
  }

  /** Goes past the character here and, if it is a plain one, the plain ones behind it. */
  takeRun(): string {
    this.#skipContinuations();
    PLAIN_RUN.lastIndex = this.position;
    const run = PLAIN_RUN.exec(this.raw)?.[0] ?? this.raw.charAt(this.position);
    this.position += run.length;
    return run;
  }

  /** Goes past this text if it is here. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.advance(text.length);
    return true;
  }

  expect(text: string, what: string): void {
    if (!this.take(text)) fail(what);
  }

  /** The text from a place to here, without line continuations. */
  sourceFrom(start: number): string {
    const source = this.raw.slice(start, this.position);
    return this.#hasContinuations && !source.includes("'") ? source.replaceAll('\\\n', '') : source;
  }

  /** Runs one level deeper; too deep fails. */
  nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) fail('the text is nested too deeply', 'too-complex');
    const result = read();
    this.depth--;
    return result;
  }

  /** What is assigned in there is not certain, or not known, behind it. */
  scoped<T>(read: () => T): T {
    const { assigned } = this;
    const result = read();
    this.assigned = assigned;
    return result;
  }

  assign(names: readonly string[]): void {
    // Of very many variables it is not said any more: that is never less than certain.
    if (names.length > 0 && this.assigned.size < MAX_ASSIGNED)
      this.assigned = new Set([...this.assigned, ...names]);
  }

  /** Goes past spaces, tabs and a comment; never past a newline. Returns the character it came to. */
  skipBlank(): string {
    while (this.peek() === ' ' || this.peek() === '\t') this.position++;
    if (this.peek() === '#') this.#skipComment();
    return this.peek();
  }

  #skipComment(): void {
    const end = this.raw.indexOf('\n', this.position);
    const comment = this.raw.slice(this.position, end < 0 ? undefined : end);
    // An interactive zsh has no comments unless told so.
    if (this.isInteractive && this.mayBeZsh && /[;&|$`(<>]/.test(comment)) this.doubt('a comment');
    this.position = end < 0 ? this.raw.length : end;
  }

  #skipContinuations(): void {
    if (!this.#hasContinuations) return;
    while (this.raw.startsWith('\\\n', this.position)) this.position += 2;
  }
}

function withoutSpan<T extends { readonly span: Span | undefined }>(word: T): T {
  return word.span === undefined ? word : { ...word, span: undefined };
}

/** Part for a substitution: its commands are in the script, its value is not known. */
export function opaquePart(reader: ShellReader, start: number, quoted: boolean): WordPart {
  return { kind: 'opaque', quoted, source: reader.sourceFrom(start) };
}
