import { readBackquoted, readDollar } from './read-expansion.ts';
import { readEscaped, readWord } from './read-word.ts';
import type { ShellReader, PendingHereDocument } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** `<<` and `<<-`, behind the operator: reads the delimiter; the text comes after the line. */
export function readHereDocumentStart(reader: ShellReader, from: number, stripsTabs: boolean): void {
  const word = readWord(reader);
  let delimiter = '';
  for (const part of word.parts) {
    if (part.kind !== 'literal') fail('a delimiter of a here-document that is not constant');
    delimiter += part.text;
  }
  if (delimiter === '' || delimiter.includes('\n') || /[$`]/.test(word.source))
    fail('a delimiter of a here-document');
  const isQuoted = word.parts.some((part) => part.kind === 'literal' && part.quoted);
  reader.pending.push({ delimiter, isQuoted, stripsTabs, from });
}

/** Reads the texts of the here-documents of the line that ended, with the reader behind its newline. */
export function readHereDocuments(reader: ShellReader): void {
  const lineEnd = reader.position - 1;
  const documents = reader.pending.splice(0);
  for (const { from } of documents) {
    // A quote, substitution or continuation over the line's end: shells differ in where the text begins.
    if (reader.raw.indexOf('\n', from) !== lineEnd) fail('a here-document on a line that goes on');
  }
  for (const document of documents) readText(reader, document);
}

function readText(reader: ShellReader, document: PendingHereDocument): void {
  const { raw } = reader;
  let body = '';
  let joined = '';
  for (let at = reader.position; at < raw.length;) {
    const newline = raw.indexOf('\n', at);
    const end = newline < 0 ? raw.length : newline;
    const line = raw.slice(at, end).replace(document.stripsTabs ? /^\t+/ : /^(?!)/, '');
    at = end + 1;
    if (line === document.delimiter) {
      if (joined !== '') fail('a here-document that ends behind a continuation');
      reader.position = Math.min(at, raw.length);
      if (!document.isQuoted) readExpansions(reader, body);
      return;
    }
    // One character more than the delimiter is enough to see that it is not.
    joined = document.isQuoted ? '' : joinedLine(joined, line).slice(0, document.delimiter.length + 1);
    // Joined lines that make the delimiter end the text in one shell and not in another.
    if (joined !== '' && document.delimiter.startsWith(joined)) fail('a continuation in a here-document');
    body += `${line}\n`;
  }
  fail('a here-document is not closed');
}

/** The line so far where it goes on in the next; empty where it ends. */
function joinedLine(before: string, line: string): string {
  let end = line.length;
  while (line.charAt(end - 1) === '\\') end--;
  const isContinued = (line.length - end) % 2 === 1;
  return isContinued ? before + line.slice(0, -1) || '\\' : '';
}

/** Expansions of the text count; quotes in it are plain characters. */
function readExpansions(reader: ShellReader, body: string): void {
  if (!/[$`]/.test(body)) return;
  const inner = reader.inner(body);
  for (let char = inner.peek(); char !== ''; char = inner.peek()) {
    if (char === '$') readDollar(inner, true);
    else if (char === '`') readBackquoted(inner, true);
    else if (char === '\\') readEscaped(inner);
    else inner.advance();
  }
  reader.adopt(inner);
}
