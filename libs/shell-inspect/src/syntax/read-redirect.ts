import { readHereDocumentStart } from './read-here-document.ts';
import { readWord } from './read-word.ts';
import type { Redirect, Word } from './script.ts';
import type { ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** Longest first. */
const OPERATORS = ['<<<', '<<-', '&>>', '<<', '<&', '<>', '>>', '>&', '>|', '&>', '<', '>'] as const;

type Operator = (typeof OPERATORS)[number];

const MODES: Readonly<Record<Operator, Redirect['mode'] | undefined>> = {
  '<<<': undefined,
  '<<-': undefined,
  '<<': undefined,
  '<': 'read',
  '<&': 'read',
  '<>': 'both',
  '>': 'write',
  '>>': 'write',
  '>&': 'write',
  '>|': 'write',
  '&>': 'write',
  '&>>': 'write',
};

/** Duplicates, moves or closes a descriptor: no file. */
const DESCRIPTOR = /^(?:\d+-?|-)$/;

/** Reads a redirection if one is here. */
export function readRedirect(reader: ShellReader): boolean {
  const start = reader.position;
  skipDescriptor(reader);
  const operator = reader.position > start && reader.peek() === '&' ? undefined : operatorAt(reader);
  if (operator === undefined) {
    // `{fd}&>f` is all one in zsh, `2&>f` in some others.
    if (reader.position > start && reader.startsWith('&>') && reader.dialect !== 'bash')
      reader.doubt('a word in front of &>');
    reader.position = start;
    return false;
  }
  const name = /^\{(\w+)\}$/.exec(reader.sourceFrom(start))?.[1];
  if (name !== undefined) {
    // A word to dash; a group to zsh where a command begins.
    if (reader.dialect !== 'bash') reader.doubt('a descriptor with a name');
    reader.script.assignments.push({ name, value: undefined, span: undefined });
  }
  reader.advance(operator.length);
  reader.skipBlank();
  if (operator === '<<' || operator === '<<-') {
    readHereDocumentStart(reader, start, operator === '<<-');
    return true;
  }
  const target = readWord(reader);
  // zsh: `>! f` writes f.
  if (target.source.startsWith('!') && reader.mayBeZsh) reader.doubt('a redirection to "!"');
  const mode = MODES[operator];
  if (mode !== undefined && !isDescriptor(operator, target))
    reader.script.redirects.push({ mode, target, assigned: reader.assigned });
  return true;
}

/** A number or a name in braces directly in front of the operator. */
function skipDescriptor(reader: ShellReader): void {
  const from = reader.position;
  if (reader.peek() === '{') {
    reader.advance();
    while (/^\w$/.test(reader.peek())) reader.advance();
    if (!reader.take('}')) reader.position = from;
  } else {
    while (/^\d$/.test(reader.peek())) reader.advance();
  }
  const isInFront = ['<', '>', '&'].includes(reader.peek());
  if (!isInFront) reader.position = from;
}

function operatorAt(reader: ShellReader): Operator | undefined {
  const char = reader.peek();
  if (char !== '<' && char !== '>' && char !== '&') return undefined;
  if (char !== '&' && reader.peekNext() === '(') return undefined;
  return OPERATORS.find((operator) => reader.startsWith(operator));
}

function isDescriptor(operator: Operator, target: Word): boolean {
  if (operator !== '<&' && operator !== '>&') return false;
  if (DESCRIPTOR.test(target.source)) return true;
  // bash closes the descriptor and goes on with a new word, dash has a word that begins with a dash.
  if (/^\d*-/.test(target.source)) fail('a descriptor');
  // bash takes quotes away twice here.
  if (/[\\'"`]/.test(target.source)) fail('quotes in a descriptor');
  if (operator === '<&' && target.parts.every(({ kind }) => kind === 'literal')) fail('a descriptor');
  return false;
}
