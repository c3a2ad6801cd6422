import { decodeAnsiQuoted } from './ansi-quoting.ts';
import { readBackquoted, readDollar, readProcessSubstitution } from './read-expansion.ts';
import type { Word, WordPart } from './script.ts';
import { isMetacharacter, type ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** Collects parts, joining literal text of the same kind. */
class PartList {
  readonly parts: WordPart[] = [];
  #text = '';
  #quoted = false;
  #isOpen = false;

  literal(text: string, quoted: boolean): void {
    if (this.#isOpen && this.#quoted !== quoted) this.#close();
    this.#text += text;
    this.#quoted = quoted;
    this.#isOpen = true;
  }

  add(part: WordPart): void {
    if (part.kind === 'literal' && part.posixText === undefined) {
      this.literal(part.text, part.quoted);
      return;
    }
    this.#close();
    this.parts.push(part);
  }

  done(): WordPart[] {
    this.#close();
    return this.parts;
  }

  #close(): void {
    if (this.#isOpen) this.parts.push({ kind: 'literal', text: this.#text, quoted: this.#quoted });
    this.#text = '';
    this.#isOpen = false;
  }
}

/** Reads one word; fails where none is. */
export function readWord(reader: ShellReader): Word {
  return readWordUntil(reader, isMetacharacter);
}

/** Reads a word that ends where `isEnd` says so; process substitutions are part of it. */
export function readWordUntil(reader: ShellReader, isEnd: (char: string) => boolean): Word {
  const list = new PartList();
  // Looking at the character goes past continuations in front of the word.
  let char = reader.peek();
  const start = reader.position;
  for (; ; char = reader.peek()) {
    if ((char === '<' || char === '>') && reader.peekNext() === '(') {
      list.add(readProcessSubstitution(reader));
    } else if (char === '' || isEnd(char)) {
      break;
    } else {
      readPiece(reader, char, list);
    }
  }
  if (reader.position === start) fail('a word is missing');
  return { parts: list.done(), source: reader.sourceFrom(start), span: { start, end: reader.position } };
}

/** Reads one quoted piece, expansion or plain character. */
function readPiece(reader: ShellReader, char: string, list: PartList): void {
  switch (char) {
    case '\\':
      list.literal(readEscaped(reader), true);
      break;
    case "'":
      list.literal(readSingleQuoted(reader), true);
      break;
    case '"':
      // Also for "": an empty word is a word.
      list.literal('', true);
      for (const part of readDoubleQuoted(reader)) list.add(part);
      break;
    case '$':
      for (const part of readUnquotedDollar(reader)) list.add(part);
      break;
    case '`':
      list.add(readBackquoted(reader, false));
      break;
    default:
      if (reader.isInteractive && char === '!') checkHistory(reader);
      list.literal(reader.takeRun(), false);
  }
}

/** `\x`; the backslash of a continuation was passed already. */
export function readEscaped(reader: ShellReader): string {
  const char = reader.raw.charAt(reader.position + 1);
  if (char === '') fail('the text ends with a backslash');
  reader.position += 2;
  return char;
}

export function readSingleQuoted(reader: ShellReader): string {
  const start = reader.position + 1;
  const end = reader.raw.indexOf("'", start);
  if (end < 0) fail('a quote is not closed');
  reader.position = end + 1;
  return reader.raw.slice(start, end);
}

/** `$'...'` and `$"..."` are quotes here; everything else is an expansion. */
function readUnquotedDollar(reader: ShellReader): readonly WordPart[] {
  if (reader.peekNext() === '"') {
    reader.advance();
    return [
      { kind: 'literal', text: '', quoted: true, ...(reader.dialect === 'bash' ? {} : { posixText: '$' }) },
      ...readDoubleQuoted(reader),
    ];
  }
  return reader.peekNext() === "'" ? [readAnsiQuoted(reader)] : [readDollar(reader, false)];
}

function readAnsiQuoted(reader: ShellReader): WordPart {
  const from = reader.position;
  reader.advance(2);
  const start = reader.position;
  let end = start;
  for (; reader.raw.charAt(end) !== "'"; end++) {
    if (end >= reader.raw.length) fail('a quote is not closed');
    if (reader.raw.charAt(end) !== '\\') continue;
    end++;
    // Where $' is no quote of its own (dash), this one closes it, and what follows is code.
    if (reader.raw.charAt(end) === "'" && reader.mayBePosix) reader.doubt("a quote inside $'...'");
  }
  reader.position = end + 1;
  const body = reader.raw.slice(start, end);
  const text = decodeAnsiQuoted(body);
  if (text === undefined) return { kind: 'opaque', quoted: true, source: reader.sourceFrom(from) };
  return { kind: 'literal', text, quoted: true, ...(reader.mayBePosix ? { posixText: `$${body}` } : {}) };
}

/** `"..."`, with the reader at the opening quote. */
export function readDoubleQuoted(reader: ShellReader): WordPart[] {
  const list = new PartList();
  reader.advance();
  for (let char = reader.peek(); char !== '"'; char = reader.peek()) {
    if (char === '') fail('a quote is not closed');
    if (char === '$') list.add(readDollar(reader, true));
    else if (char === '`') list.add(readBackquoted(reader, true));
    else if (char === '\\') list.literal(readQuotedEscape(reader), true);
    else {
      if (reader.isInteractive && char === '!') checkHistory(reader);
      list.literal(char, true);
      reader.advance();
    }
  }
  reader.advance();
  return list.done();
}

/** In double quotes a backslash stands for itself in front of all but these. */
function readQuotedEscape(reader: ShellReader): string {
  const char = readEscaped(reader);
  return '$`"\\'.includes(char) ? char : `\\${char}`;
}

/** An interactive shell replaces `!x` by an earlier line. */
function checkHistory(reader: ShellReader): void {
  if (!/[\s=("']/.test(reader.peekNext()) && reader.peekNext() !== '') reader.doubt('history expansion');
}
