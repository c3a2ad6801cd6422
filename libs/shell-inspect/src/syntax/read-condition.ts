import { readWord, readWordUntil } from './read-word.ts';
import { skipNewlines } from './read-list.ts';
import { plainWordAt } from './reserved-words.ts';
import type { Word } from './script.ts';
import { isMetacharacter, type ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

const ARITHMETIC_OPERATORS: ReadonlySet<string> = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);
const PATTERN_OPERATORS: ReadonlySet<string> = new Set(['=', '==', '!=', '=~']);

/** `[[ ... ]]`, behind its first word. */
export function readCondition(reader: ShellReader): void {
  const start = reader.position;
  if (!/^[ \t\n]$/.test(reader.peek())) fail('a condition without a space');
  const state: Condition = { open: 0, last: undefined, isBehindArithmetic: false, isBehindName: false };
  for (skipNewlines(reader); plainWordAt(reader) !== ']]' || state.open > 0; skipNewlines(reader)) {
    if (reader.peek() === '') fail('a condition is not closed');
    if (!readOperator(reader, state)) readOperand(reader, state);
  }
  const source = reader.sourceFrom(start);
  if (reader.mayBePosix && reader.raw.slice(start, reader.position).includes('\n'))
    reader.doubt('a condition that may be a list of commands');
  reader.script.conditions.push(source.trim().replaceAll(/\s+/g, ' '));
  reader.advance(2);
}

interface Condition {
  open: number;
  last: Word | undefined;
  isBehindArithmetic: boolean;
  isBehindName: boolean;
}

/** Reads an operator of the condition's own; false where a word is. */
function readOperator(reader: ShellReader, state: Condition): boolean {
  if (reader.take('&&') || reader.take('||')) {
    skipNewlines(reader);
    // In dash, `[[` is a program and this the list's operator: what follows would be a command.
    if (reader.mayBePosix && !/^-[a-zA-Z]$/.test(plainWordAt(reader) ?? '')) {
      reader.doubt('a condition that may be a list of commands');
    }
    state.last = undefined;
    return true;
  }
  if (reader.take('(')) state.open++;
  else if (reader.take(')')) {
    if (--state.open < 0) fail('parentheses of a condition');
  } else if ((reader.peek() === '<' || reader.peek() === '>') && reader.peekNext() !== '(')
    readComparison(reader);
  else return false;
  return true;
}

/** `<` and `>` compare here, and redirect in dash. */
function readComparison(reader: ShellReader): void {
  const mode = reader.peek() === '<' ? 'read' : 'write';
  reader.advance();
  reader.skipBlank();
  const target = readWord(reader);
  if (reader.mayBePosix) reader.script.redirects.push({ mode, target, assigned: reader.assigned });
}

function readOperand(reader: ShellReader, state: Condition): void {
  if (state.last !== undefined && PATTERN_OPERATORS.has(state.last.source)) readPattern(reader);
  const word = PATTERN_OPERATORS.has(state.last?.source ?? '') ? undefined : readWord(reader);
  if (word !== undefined && ARITHMETIC_OPERATORS.has(word.source)) {
    if (state.last !== undefined) noteArithmetic(reader, state.last);
    state.isBehindArithmetic = true;
  } else if (word !== undefined && state.isBehindArithmetic) {
    noteArithmetic(reader, word);
    state.isBehindArithmetic = false;
  }
  if (word !== undefined && (state.last?.source === '-v' || state.last?.source === '-R'))
    noteName(reader, word);
  state.last = word;
}

/** The value is evaluated as arithmetic. */
function noteArithmetic(reader: ShellReader, word: Word): void {
  const names: string[] = [];
  let isOpaque = false;
  for (const part of word.parts) {
    if (part.kind === 'opaque' || (part.kind === 'parameter' && /^[\d@*_-]/.test(part.name))) isOpaque = true;
    else if (part.kind === 'parameter' && /^\w/.test(part.name)) names.push(part.name);
    else if (part.kind === 'literal' && /[[\]$`]/.test(part.text)) isOpaque = true;
    else if (part.kind === 'literal') names.push(...(part.text.match(/(?<![\w#@.])[A-Za-z_]\w*/g) ?? []));
  }
  if (isOpaque || names.length > 0) reader.script.arithmetic.push({ names, isOpaque });
}

/** The value is the name of a variable, a subscript of which is evaluated. */
function noteName(reader: ShellReader, word: Word): void {
  const isPlain = word.parts.every((part) => part.kind === 'literal' && /^\w*$/.test(part.text));
  if (!isPlain) reader.script.arithmetic.push({ names: [], isOpaque: true });
}

/** The right side of `==` and `=~`: parentheses and bars belong to the pattern. */
function readPattern(reader: ShellReader): void {
  let open = 0;
  readWordUntil(reader, (char) => {
    if (char === '(') open++;
    else if (char === ')' && open > 0) open--;
    else if (isMetacharacter(char) && !(char === '|' && open > 0)) return true;
    return false;
  });
  if (open > 0) fail('parentheses of a pattern');
}
