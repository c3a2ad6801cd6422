import { readArithmetic } from './read-arithmetic.ts';
import { readBackquoted, readDollar } from './read-expansion.ts';
import { readDoubleQuoted, readEscaped, readSingleQuoted } from './read-word.ts';
import type { WordPart } from './script.ts';
import { opaquePart, type ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** Double quotes inside a quoted `${...}`: shells agree only where nothing special is between them. */
const PLAIN_QUOTED = /^"[\w ./:,=@%+-]{0,4096}"/;

/** `${...}`, with the reader at the dollar sign. Forms on which shells do not agree are refused. */
export function readBracedParameter(reader: ShellReader, quoted: boolean): WordPart {
  const start = reader.position;
  reader.advance(2);
  const prefix = readPrefix(reader);
  const name = readName(reader);
  const hasSubscript = reader.peek() === '[';
  if (hasSubscript) readSubscript(reader);
  if (prefix === '!') checkIndirection(reader, hasSubscript);
  if (reader.take('}')) {
    if (prefix !== '' || hasSubscript) return opaquePart(reader, start, quoted);
    return { kind: 'parameter', name, quoted, source: reader.sourceFrom(start) };
  }
  if (prefix === '#') fail('a length with an operator');
  readOperator(reader, name, quoted);
  return opaquePart(reader, start, quoted);
}

/** `#` of a length, `!` of an indirection; nothing where the character is the parameter itself. */
function readPrefix(reader: ShellReader): '' | '#' | '!' {
  const char = reader.peek();
  const next = reader.peekNext();
  if (char !== '#' && char !== '!') return '';
  if (next === '}') return '';
  if (!/[\w@*]/.test(next)) fail('a form of ${...} that shells read differently');
  reader.advance();
  return char;
}

function readName(reader: ShellReader): string {
  let name = '';
  for (let char = reader.peek(); char !== '' && /\w/.test(char); char = reader.peek()) {
    if (/^\d/.test(name) && !/\d/.test(char)) fail('a name in ${...}');
    name += char;
    reader.advance();
  }
  if (name !== '') return name;
  const char = reader.peek();
  // Flags, nesting and functions of other shells begin otherwise.
  if (char === '' || !'@*#?-$!'.includes(char)) fail('a form of ${...} that shells read differently');
  reader.advance();
  return char;
}

function readSubscript(reader: ShellReader): void {
  reader.advance();
  if ((reader.peek() === '@' || reader.peek() === '*') && reader.peekNext() === ']') reader.advance(2);
  else readArithmetic(reader, ']');
}

/** `${!x}` expands the variable that x names, a subscript of which may run code. `${!x*}` and `${!x[@]}` list names. */
function checkIndirection(reader: ShellReader, hasSubscript: boolean): void {
  if (hasSubscript && reader.peek() === '}') return;
  if ((reader.peek() === '*' || reader.peek() === '@') && reader.peekNext() === '}') {
    reader.advance();
    return;
  }
  reader.doubt('an indirect expansion');
}

function readOperator(reader: ShellReader, name: string, quoted: boolean): void {
  const char = reader.peek();
  const next = reader.peekNext();
  if (char === '@') {
    reader.advance();
    if (reader.peek() === 'P') reader.doubt('an expansion as a prompt');
    if (!/[UuLQEPAKak]/.test(reader.peek())) fail('an operator of ${...}');
    reader.advance();
    reader.expect('}', 'an expansion is not closed');
    return;
  }
  if (char === ':' && !(next !== '' && '-=?+'.includes(next))) {
    reader.advance();
    // `${x::=y}` assigns in zsh, `${x:h}` and the like are harmless there.
    if (/^[:=|#^*]/.test(reader.raw.slice(reader.position, reader.position + 1)))
      fail('an operator of ${...}');
    readArithmetic(reader, '}');
    return;
  }
  if (char === ':') reader.advance();
  if (!'-=?+#%/^,~'.includes(reader.peek())) fail('an operator of ${...}');
  if (reader.peek() === '=') reader.script.assignments.push({ name, value: undefined, span: undefined });
  reader.advance();
  readOperand(reader, quoted);
}

/** The word of an operator, and the brace that ends it. */
function readOperand(reader: ShellReader, quoted: boolean): void {
  for (let char = reader.peek(); char !== '}'; char = reader.peek()) {
    switch (char) {
      case '':
        fail('an expansion is not closed');
        break;
      case '$':
        if (!quoted && reader.peekNext() === "'") fail("$'...' in ${...}");
        readDollar(reader, quoted);
        break;
      case '`':
        readBackquoted(reader, quoted);
        break;
      case '\\':
        readEscaped(reader);
        break;
      case '"':
        if (quoted) skipPlainQuoted(reader);
        else readDoubleQuoted(reader);
        break;
      case "'":
        // Between double quotes it is a quote after some operators, in some shells.
        if (quoted) fail('a single quote in a quoted ${...}');
        readSingleQuoted(reader);
        break;
      case '{':
        fail('braces in ${...}');
        break;
      default:
        if ((char === '<' || char === '>') && reader.peekNext() === '(' && !quoted)
          fail('a process in ${...}');
        reader.advance();
    }
  }
  reader.advance();
}

function skipPlainQuoted(reader: ShellReader): void {
  const plain = PLAIN_QUOTED.exec(reader.raw.slice(reader.position, reader.position + 4098));
  if (plain === null) fail('quotes in a quoted ${...}');
  reader.position += plain[0].length;
}
