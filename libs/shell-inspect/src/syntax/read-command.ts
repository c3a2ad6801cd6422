import { readArithmetic } from './read-arithmetic.ts';
import { readCase, readFor, readIf, readLoop } from './read-compound.ts';
import { readCondition } from './read-condition.ts';
import { readList, skipNewlines } from './read-list.ts';
import { readRedirect } from './read-redirect.ts';
import { readSimpleCommand } from './read-simple-command.ts';
import { LIST_ENDS, plainWordAt, RESERVED_WORDS } from './reserved-words.ts';
import type { ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** Reads one command, simple or compound, with its redirections. */
export function readCommand(reader: ShellReader): void {
  reader.skipBlank();
  if (reader.peek() === '(') {
    readParenthesized(reader);
    readRedirects(reader);
    return;
  }
  const word = plainWordAt(reader);
  if (word === undefined || !RESERVED_WORDS.has(word) || word === 'time' || word === 'coproc') {
    readSimpleCommand(reader);
    return;
  }
  reader.advance(word.length);
  // A group runs in place; everything else may not run at all, or not alone.
  if (word === '{') readGroup(reader);
  else reader.scoped(() => readCompound(reader, word));
  readRedirects(reader);
}

function readGroup(reader: ShellReader): void {
  readList(reader, 'required');
  expectReserved(reader, '}');
}

function readCompound(reader: ShellReader, word: string): void {
  switch (word) {
    case 'if':
      readIf(reader);
      break;
    case 'while':
    case 'until':
      readLoop(reader);
      break;
    case 'for':
    case 'select':
      readFor(reader);
      break;
    case 'case':
      readCase(reader);
      break;
    case '[[':
      readCondition(reader);
      break;
    case 'function':
      readFunction(reader);
      break;
    default:
      fail('a reserved word in the wrong place');
  }
}

export function expectReserved(reader: ShellReader, word: string): void {
  reader.skipBlank();
  if (plainWordAt(reader) !== word) fail('a compound command is not closed');
  reader.advance(word.length);
}

function readParenthesized(reader: ShellReader): void {
  reader.advance();
  if (reader.peek() === '(') {
    reader.advance();
    // Two subshells in dash: what is inside would be commands.
    if (reader.mayBePosix) reader.doubt('((...)) that may be arithmetic or commands');
    readArithmetic(reader, '))');
    return;
  }
  reader.scoped(() => readList(reader, 'required'));
  reader.expect(')', 'a subshell is not closed');
}

function readRedirects(reader: ShellReader): void {
  do reader.skipBlank();
  while (readRedirect(reader));
  if (['', '\n', ';', '&', '|', ')'].includes(reader.peek()) || LIST_ENDS.has(plainWordAt(reader) ?? ''))
    return;
  // Else only an operator may follow; `{ a } b` is something else in zsh.
  fail('a word behind a compound command');
}

/** `function NAME [()] command`. */
function readFunction(reader: ShellReader): void {
  reader.skipBlank();
  const name = plainWordAt(reader);
  if (name === undefined) fail('a function without a plain name');
  reader.advance(name.length);
  readFunctionBody(reader, name);
}

const FUNCTION_NAME = /^[A-Za-z_][\w.:+-]*$/;

/** What follows a function's name. Its commands count whether it is called or not. */
export function readFunctionBody(reader: ShellReader, name: string): void {
  if (!FUNCTION_NAME.test(name) || RESERVED_WORDS.has(name)) fail('a name of a function');
  reader.script.functions.add(name);
  reader.skipBlank();
  if (reader.take('(')) {
    reader.skipBlank();
    reader.expect(')', 'parentheses of a function');
  }
  skipNewlines(reader);
  // Some shells take a pipeline here.
  if (/^(?:time|coproc)$/.test(plainWordAt(reader) ?? '')) fail('a function of a pipeline');
  reader.nested(() => reader.scoped(() => readCommand(reader)));
}
