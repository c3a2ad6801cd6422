import { readArithmetic } from './read-arithmetic.ts';
import { readFunctionBody } from './read-command.ts';
import { readRedirect } from './read-redirect.ts';
import { readWord } from './read-word.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import { skipNewlines } from './read-list.ts';
import type { Assignment, Word } from './script.ts';
import { isMetacharacter, type ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** Builtins whose arguments may be `name=(...)`. */
const DECLARATIONS: ReadonlySet<string> = new Set([
  'declare',
  'typeset',
  'local',
  'export',
  'readonly',
  'integer',
  'float',
]);

/** Reads `a=b command words > f`; also a function's definition, which begins like one. */
export function readSimpleCommand(reader: ShellReader): void {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  let isBare = true;
  let isEndedByPosix = false;
  for (reader.skipBlank(); !isEnd(reader); reader.skipBlank()) {
    if (reader.peek() === '(') {
      const [name] = words;
      if (name === undefined || words.length > 1 || !isBare) fail('a parenthesis behind a word');
      readFunctionBody(reader, name.source);
      return;
    }
    // `a &> f b`: dash runs a in the background, then b.
    if (isEndedByPosix) reader.doubt('words behind &>');
    isEndedByPosix ||= reader.mayBePosix && reader.peek() === '&';
    if (readRedirect(reader)) isBare = false;
    else if (words.length === 0) isBare = readFirst(reader, assignments, words, isBare);
    else words.push(readArgument(reader, words));
  }
  if (isBare && words.length === 0) fail('a command is missing');
  reader.script.commands.push({ assignments, words, assigned: reader.assigned });
  if (words.length === 0) reader.assign(assignments.map(({ name }) => name));
}

function isEnd(reader: ShellReader): boolean {
  const char = reader.peek();
  if (char === '&') return reader.peekNext() !== '>';
  return char === '' || char === '\n' || char === ';' || char === '|' || char === ')';
}

/** An assignment or the program's name; whether the command may still be a function's definition. */
function readFirst(reader: ShellReader, assignments: Assignment[], words: Word[], isBare: boolean): boolean {
  const assignment = readAssignment(reader);
  if (assignment !== undefined) {
    assignments.push(assignment);
    return false;
  }
  const word = readWord(reader);
  // Behind an assignment or redirection bash sees a program of that name, zsh the reserved word.
  if (!isBare && RESERVED_WORDS.has(word.source)) fail('a reserved word in the wrong place');
  // zsh: `{x}` is a group.
  if (word.source.startsWith('{') && reader.mayBeZsh) reader.doubt('a brace that zsh reads as syntax');
  words.push(word);
  return isBare;
}

function readArgument(reader: ShellReader, words: readonly Word[]): Word {
  if (DECLARATIONS.has(words[0]?.source ?? '')) {
    const start = reader.position;
    const assignment = readAssignment(reader);
    if (assignment !== undefined) return declaredWord(reader, assignment, start);
  }
  const word = readWord(reader);
  // zsh ends a group at a brace that stands alone, also where it is an argument.
  if ((word.source === '}' || word.source === '{') && reader.mayBeZsh)
    reader.doubt('a brace that zsh reads as syntax');
  return word;
}

function declaredWord(reader: ShellReader, { name, value }: Assignment, start: number): Word {
  const span = { start, end: reader.position };
  const source = reader.sourceFrom(start);
  const literal = { kind: 'literal', text: `${name}=`, quoted: false } as const;
  const rest = value === undefined ? [{ kind: 'opaque', quoted: true, source: '' } as const] : value.parts;
  return { parts: [literal, ...rest], source, span };
}

/** `name=value`, `name+=value`, `name[1]=value`, `name=(...)`. Goes nowhere where none is. */
function readAssignment(reader: ShellReader): Assignment | undefined {
  const start = reader.position;
  let name = '';
  for (let char = reader.peek(); /^\w$/.test(char); char = reader.peek()) {
    name += char;
    reader.advance();
  }
  const isPossible = /^[A-Za-z_]/.test(name) && (reader.peek() === '[' || takeAssign(reader) !== undefined);
  if (!isPossible) {
    // zsh: `1=x` sets a positional parameter, and what follows is the command.
    if (/^\d+$/.test(name) && takeAssign(reader) !== undefined && reader.mayBeZsh)
      reader.doubt('an assignment to a number');
    reader.position = start;
    return undefined;
  }
  return readRest(reader, name, start);
}

function takeAssign(reader: ShellReader): '=' | '+=' | undefined {
  if (reader.startsWith('=')) return '=';
  return reader.startsWith('+=') ? '+=' : undefined;
}

function readRest(reader: ShellReader, name: string, start: number): Assignment | undefined {
  const hasSubscript = reader.peek() === '[';
  if (hasSubscript) {
    reader.advance();
    if (reader.peek() === ']') reader.advance();
    else readArithmetic(reader, ']');
  }
  const operator = takeAssign(reader);
  // bash has read to the matching bracket already, dash to the end of a word.
  if (operator === undefined) fail('a subscript that is no assignment');
  reader.advance(operator.length);
  const isPlain = operator === '=' && !hasSubscript;
  if (reader.peek() === '(' && !hasSubscript) {
    readArray(reader);
    return { name, value: undefined, span: { start, end: reader.position } };
  }
  const value = isMetacharacter(reader.peek()) && !startsProcess(reader) ? EMPTY : readWord(reader);
  checkPosix(reader, isPlain, value);
  return { name, value: isPlain ? value : undefined, span: { start, end: reader.position } };
}

const EMPTY: Word = { parts: [{ kind: 'literal', text: '', quoted: true }], source: '', span: undefined };

function startsProcess(reader: ShellReader): boolean {
  return (reader.peek() === '<' || reader.peek() === '>') && reader.peekNext() === '(';
}

/** Where only `name=value` is an assignment, the others are programs; a path could be one that exists. */
function checkPosix(reader: ShellReader, isPlain: boolean, value: Word): void {
  if (!isPlain && reader.mayBePosix && !/^[\w.,:@-]*$/.test(value.source)) {
    reader.doubt('an assignment that dash would run');
  }
}

/** `(a b [1]=c)`. */
function readArray(reader: ShellReader): void {
  reader.advance();
  for (skipNewlines(reader); reader.peek() !== ')'; skipNewlines(reader)) {
    if (reader.peek() === '[') {
      reader.advance();
      readArithmetic(reader, ']');
      const operator = takeAssign(reader);
      if (operator === undefined) fail('a subscript in an array');
      reader.advance(operator.length);
      if (isMetacharacter(reader.peek())) continue;
    }
    readWord(reader);
  }
  reader.advance();
  // Where more follows, it belongs to the word for one shell and begins a new one for another.
  if (!isMetacharacter(reader.peek())) fail('a word behind an array');
}
