import { readArithmetic } from './read-arithmetic.ts';
import { readList, readWholeText } from './read-list.ts';
import { readBracedParameter } from './read-parameter.ts';
import type { WordPart } from './script.ts';
import { opaquePart, type ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** A subscript behind `$name` that is no arithmetic in zsh. */
const PLAIN_SUBSCRIPT = /^\[(?:-?\d{1,9}(?:,-?\d{1,9})?|[@*])\]/;

/** Reads what a `$` begins; a `$` that begins nothing is itself. */
export function readDollar(reader: ShellReader, quoted: boolean): WordPart {
  const start = reader.position;
  const next = reader.peekNext();
  if (next === '(') return reader.nested(() => readSubstitution(reader, quoted));
  if (next === '{') return reader.nested(() => readBracedParameter(reader, quoted));
  // Arithmetic in bash, plain characters in dash, where what is inside would be commands.
  if (next === '[') fail('the old form of arithmetic, $[...]');
  if (/[A-Za-z_]/.test(next)) {
    reader.advance();
    let name = '';
    for (let char = reader.peek(); char !== '' && /\w/.test(char); char = reader.peek()) {
      name += char;
      reader.advance();
    }
    checkSubscript(reader);
    return { kind: 'parameter', name, quoted, source: reader.sourceFrom(start) };
  }
  if (next !== '' && '0123456789@*#?-$!'.includes(next)) {
    reader.advance(2);
    checkSubscript(reader);
    return { kind: 'parameter', name: next, quoted, source: reader.sourceFrom(start) };
  }
  // zsh: flags of an expansion, one of which evaluates the variable's value as a pattern with code in it.
  if (next !== '' && '~=^+'.includes(next) && reader.mayBeZsh) reader.doubt('$ with a flag of zsh');
  reader.advance();
  return { kind: 'literal', text: '$', quoted };
}

/** `$name[...]` is a subscript in zsh, and its content arithmetic. */
function checkSubscript(reader: ShellReader): void {
  if (!reader.mayBeZsh || reader.peek() !== '[') return;
  if (!PLAIN_SUBSCRIPT.test(reader.raw.slice(reader.position, reader.position + 24))) {
    reader.doubt('a subscript that zsh evaluates');
  }
}

function readSubstitution(reader: ShellReader, quoted: boolean): WordPart {
  const start = reader.position;
  reader.advance(2);
  if (reader.peek() === '(') {
    reader.advance();
    readArithmetic(reader, '))');
    return { kind: 'number', quoted, source: reader.sourceFrom(start) };
  }
  readCommandsUntilParenthesis(reader);
  return opaquePart(reader, start, quoted);
}

/** `<(...)` and `>(...)`. */
export function readProcessSubstitution(reader: ShellReader): WordPart {
  const start = reader.position;
  reader.advance(2);
  reader.nested(() => readCommandsUntilParenthesis(reader));
  return opaquePart(reader, start, false);
}

function readCommandsUntilParenthesis(reader: ShellReader): void {
  // Those of the line around it do not begin at a newline in here.
  const outer = reader.pending.splice(0);
  reader.scoped(() => readList(reader, 'optional'));
  if (reader.pending.length > 0) fail('a here-document reaches out of its substitution');
  reader.pending.push(...outer);
  reader.expect(')', 'a substitution is not closed');
}

/** `` `...` ``: the text is cut out first, then read on its own. */
export function readBackquoted(reader: ShellReader, quoted: boolean): WordPart {
  const start = reader.position;
  const { raw } = reader;
  let text = '';
  let at = start + 1;
  for (; raw.charAt(at) !== '`'; at++) {
    if (at >= raw.length) fail('a backquote is not closed');
    if (raw.charAt(at) !== '\\') {
      text += raw.charAt(at);
      continue;
    }
    at++;
    const char = raw.charAt(at);
    // Shells differ in who takes this backslash away.
    if (quoted && char === '"') fail('an escaped quote in backquotes in quotes');
    text += '`\\$'.includes(char) && char !== '' ? char : `\\${char}`;
  }
  reader.position = at + 1;
  const inner = reader.inner(text);
  readWholeText(inner);
  reader.adopt(inner);
  return opaquePart(reader, start, quoted);
}
