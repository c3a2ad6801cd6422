import { readArithmetic } from './read-arithmetic.ts';
import { expectReserved } from './read-command.ts';
import { readList, skipNewlines } from './read-list.ts';
import { readWord } from './read-word.ts';
import { takeReserved } from './reserved-words.ts';
import type { Word } from './script.ts';
import type { ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** More words of a loop than variables are followed for. */
const MAX_FOLLOWED = 32;

/** `if`, behind the word. */
export function readIf(reader: ShellReader): void {
  do {
    readList(reader, 'required');
    expectReserved(reader, 'then');
    reader.scoped(() => readList(reader, 'required'));
  } while (takeReserved(reader, 'elif'));
  if (takeReserved(reader, 'else')) readList(reader, 'required');
  expectReserved(reader, 'fi');
}

/** `while` and `until`, behind the word. */
export function readLoop(reader: ShellReader): void {
  readList(reader, 'required');
  readDoGroup(reader);
}

function readDoGroup(reader: ShellReader): void {
  expectReserved(reader, 'do');
  readList(reader, 'required');
  expectReserved(reader, 'done');
}

/** `for` and `select`, behind the word. */
export function readFor(reader: ShellReader): void {
  reader.skipBlank();
  if (reader.startsWith('((')) {
    readArithmeticFor(reader);
    return;
  }
  const name = readWord(reader).source;
  if (!/^[A-Za-z_]\w*$/.test(name)) fail('a name of a loop variable');
  skipNewlines(reader);
  if (takeReserved(reader, 'in')) {
    const values = readWords(reader);
    // Of very many words it is not followed what each does.
    const each = values.length > MAX_FOLLOWED ? [undefined] : values;
    for (const value of each) reader.script.assignments.push({ name, value, span: undefined });
    reader.assign([name]);
    if (reader.peek() === ';') reader.advance();
    else if (reader.peek() !== '\n') fail('a loop without a list');
  } else {
    // The positional parameters.
    reader.script.assignments.push({ name, value: undefined, span: undefined });
    if (reader.peek() === ';') reader.advance();
  }
  skipNewlines(reader);
  readDoGroup(reader);
}

function readWords(reader: ShellReader): Word[] {
  const words: Word[] = [];
  for (reader.skipBlank(); !['', '\n', ';'].includes(reader.peek()); reader.skipBlank())
    words.push(readWord(reader));
  return words;
}

function readArithmeticFor(reader: ShellReader): void {
  reader.advance(2);
  readArithmetic(reader, ';');
  readArithmetic(reader, ';');
  readArithmetic(reader, '))');
  reader.skipBlank();
  if (reader.peek() === ';') reader.advance();
  skipNewlines(reader);
  readDoGroup(reader);
}

/** `case`, behind the word. */
export function readCase(reader: ShellReader): void {
  reader.skipBlank();
  readWord(reader);
  skipNewlines(reader);
  expectReserved(reader, 'in');
  for (skipNewlines(reader); !takeReserved(reader, 'esac'); skipNewlines(reader)) {
    readPatterns(reader);
    reader.scoped(() => readList(reader, 'optional'));
    if (!reader.take(';;&') && !reader.take(';;') && !reader.take(';&')) {
      expectReserved(reader, 'esac');
      return;
    }
  }
}

function readPatterns(reader: ShellReader): void {
  reader.take('(');
  do {
    reader.skipBlank();
    readWord(reader);
    reader.skipBlank();
  } while (reader.take('|'));
  reader.expect(')', 'a pattern of a case');
}
