/** Lists, and-or lists and pipelines (POSIX 2.10; bash manual 3.2). What connects commands does not matter, only that all are read. */
import { readCommand } from './read-command.ts';
import { readHereDocuments } from './read-here-document.ts';
import { COMPOUND_STARTS, LIST_ENDS, plainWordAt, takeReserved } from './reserved-words.ts';
import type { ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** Reads a text to its end. */
export function readWholeText(reader: ShellReader): void {
  readList(reader, 'optional');
  if (reader.pending.length > 0) fail('a here-document has no text');
  if (reader.peek() !== '') fail('a word or parenthesis that nothing began');
}

/** Reads commands up to a word or parenthesis that ends the list. */
export function readList(reader: ShellReader, content: 'required' | 'optional'): void {
  skipNewlines(reader);
  if (isListEnd(reader)) {
    if (content === 'required') fail('a command is missing');
    return;
  }
  for (;;) {
    const { assigned } = reader;
    readAndOr(reader);
    reader.skipBlank();
    // In the background it is a shell of its own.
    if (reader.peek() === '&') reader.assigned = assigned;
    if (!takeSeparator(reader)) return;
    skipNewlines(reader);
    if (isListEnd(reader)) return;
  }
}

/** Goes past a newline, with the here-documents it begins, or `;`, or `&`. */
function takeSeparator(reader: ShellReader): boolean {
  reader.skipBlank();
  const char = reader.peek();
  const next = reader.peekNext();
  if (char === '\n') {
    takeNewline(reader);
    return true;
  }
  if ((char !== ';' && char !== '&') || (char === ';' && (next === ';' || next === '&'))) return false;
  reader.advance();
  return true;
}

function takeNewline(reader: ShellReader): void {
  reader.advance();
  if (reader.pending.length > 0) readHereDocuments(reader);
}

/** Goes past newlines and comments; returns the character it came to. */
export function skipNewlines(reader: ShellReader): string {
  let char = reader.skipBlank();
  while (char === '\n') {
    takeNewline(reader);
    char = reader.skipBlank();
  }
  return char;
}

function isListEnd(reader: ShellReader): boolean {
  const char = reader.peek();
  if (char === '' || char === ')' || char === ';') return true;
  const word = plainWordAt(reader);
  return word !== undefined && LIST_ENDS.has(word);
}

function readAndOr(reader: ShellReader): void {
  readPipeline(reader);
  // Only the first one runs for certain.
  const { assigned } = reader;
  for (reader.skipBlank(); ; reader.skipBlank()) {
    if (reader.take('||')) reader.assigned = assigned;
    else if (!reader.take('&&')) break;
    skipNewlines(reader);
    readPipeline(reader);
  }
  reader.assigned = assigned;
}

function readPipeline(reader: ShellReader): void {
  const { assigned } = reader;
  for (let isFirst = true; ; isFirst = false) {
    skipPrefixes(reader);
    reader.nested(() => readCommand(reader));
    reader.skipBlank();
    const isLast = reader.peek() !== '|' || reader.peekNext() === '|';
    // Each is a shell of its own.
    if (!isFirst || !isLast) reader.assigned = assigned;
    if (isLast) return;
    reader.advance();
    if (reader.peek() === '&') reader.advance();
    skipNewlines(reader);
  }
}

/**
 * `!`, `time` and `coproc` in front of a command. In front of a simple command the last two stay its first word:
 * dash runs a program of that name, and both readings make the same of it.
 */
function skipPrefixes(reader: ShellReader): void {
  while (
    takeReserved(reader, '!') ||
    takePrefixOfCompound(reader, 'time') ||
    takePrefixOfCompound(reader, 'coproc')
  );
  reader.skipBlank();
}

function takePrefixOfCompound(reader: ShellReader, word: string): boolean {
  const from = reader.position;
  if (!takeReserved(reader, word)) return false;
  if (word === 'time') {
    takeReserved(reader, '-p');
    takeReserved(reader, '--');
  }
  reader.skipBlank();
  const following = plainWordAt(reader);
  const isPrefix =
    following === undefined ? reader.peek() === '(' : COMPOUND_STARTS.has(following) || following === '!';
  if (!isPrefix) reader.position = from;
  return isPrefix;
}
