import { readBackquoted, readDollar } from './read-expansion.ts';
import type { Word } from './script.ts';
import type { ShellReader } from './shell-reader.ts';
import { fail } from './shell-syntax-error.ts';

/** What ends an expression: `))` of `$((` and `((`, `]` of a subscript, `}` of `${x:1:2}`, `;` and `))` of `for ((`. */
type ArithmeticEnd = '))' | ']' | '}' | ';';

const NAME = /(?<![\w#@.])[A-Za-z_]\w*/g;

/** What an expression assigns. */
const A_NUMBER: Word = { parts: [{ kind: 'number', quoted: true, source: '' }], source: '', span: undefined };

/** Stands for the value of an expansion in the text that names are looked for in. */
const VALUE = '\0';

/**
 * Goes past an arithmetic expression and its end, noting what it evaluates. A value of a variable is an expression
 * again, and a subscript in it may hold a substitution: `x='a[$(rm f)]'; echo $((x))` runs rm.
 */
export function readArithmetic(reader: ShellReader, end: ArithmeticEnd): void {
  const names = new Set<string>();
  let text = '';
  let isOpaque = false;
  let isQuoted = false;
  const open: string[] = [];
  for (;;) {
    const char = reader.peek();
    if (char === '') fail('an arithmetic expression is not closed');
    if (open.length === 0 && !isQuoted && takeEnd(reader, end)) break;
    if (char === '$') {
      isOpaque = readValue(reader, names) || isOpaque;
      text += VALUE;
    } else if (char === '`') {
      readBackquoted(reader, true);
      isOpaque = true;
      text += VALUE;
    } else {
      if (char === '"') isQuoted = !isQuoted;
      else if (isQuoted && !/[\w\s+*/.-]/.test(char)) fail('quotes in an arithmetic expression');
      else track(char, open, end);
      text += char === '"' ? '' : char;
      reader.advance();
    }
  }
  if (/\0\w|[A-Za-z_]\w*\0/.test(text)) isOpaque = true;
  for (const [name] of text.matchAll(NAME)) names.add(name);
  if (isOpaque || names.size > 0) reader.script.arithmetic.push({ names: [...names], isOpaque });
  if (!/=|\+\+|--/.test(text)) return;
  for (const name of names) reader.script.assignments.push({ name, value: A_NUMBER, span: undefined });
}

function takeEnd(reader: ShellReader, end: ArithmeticEnd): boolean {
  if (reader.take(end)) return true;
  // `$((a) ...)`: commands for one shell, an error for another.
  if (end === '))' && reader.peek() === ')') fail('parentheses that may be arithmetic or commands');
  return false;
}

/** Characters with a meaning: parentheses must match, and nothing may stand here that another shell reads as code. */
function track(char: string, open: string[], end: ArithmeticEnd): void {
  switch (char) {
    case '(':
    case '[':
      open.push(char);
      break;
    case ')':
    case ']':
      if (open.pop() !== (char === ')' ? '(' : '[')) fail('parentheses do not match');
      break;
    case "'":
    case '\\':
    case '{':
    case '}':
    case ';':
      fail('an arithmetic expression with quotes or commands in it');
      break;
    case ' ':
    case '\t':
    case '\n':
    case '&':
    case '|':
    case '<':
    case '>':
      // A subscript at the start of a command: dash sees words and operators here.
      if (end === ']') fail('a subscript with spaces or operators');
      break;
    default:
  }
}

/** Whether an expansion makes the expression opaque; plain variables are noted instead. */
function readValue(reader: ShellReader, names: Set<string>): boolean {
  const part = readDollar(reader, true);
  if (part.kind === 'number') return false;
  if (part.kind !== 'parameter') return true;
  if (/^[A-Za-z_]/.test(part.name)) {
    names.add(part.name);
    return false;
  }
  return !'#?$!'.includes(part.name);
}
