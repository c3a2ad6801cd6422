import type { Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { readOptions } from './read-options.ts';

/** Whatever these stand in: they run, read or load. */
const DANGEROUS_WORDS = /system|getline|@|\|&|ENVIRON|PROCINFO|close|extension|\\\n/;

/** A slash in these places may begin a regular expression or divide: told apart by the whole grammar only. */
const AMBIGUOUS_SLASH =
  /\b(?:print|printf|return|in|delete|exit|else|do|next|nextfile|case|default|break|continue)\s*\/|\b(?:if|while|for)\s*\([^]*\)\s*\/|(?:\+\+|--)\s*\//;

/** A string or a number or a name, in front of which... behind which a slash divides. */
const BEHIND_VALUE = /[\w)\]$"]$/;

/**
 * Whether a program of awk only reads its input and prints: no pipes, no files, no calls of programs. Regular
 * expressions and strings are passed over; where a slash could be either, the check of words holds for all of it.
 */
export function isPlainAwk(program: string): boolean {
  if (DANGEROUS_WORDS.test(program) || AMBIGUOUS_SLASH.test(program)) return false;
  let braces = 0;
  let parens = 0;
  let before = '';
  for (let at = 0; at < program.length; at++) {
    const char = program.charAt(at);
    if (char === '"' || (char === '/' && !BEHIND_VALUE.test(before))) {
      at = endOfQuoted(program, at, char);
      if (at < 0) return false;
      before = '"';
      continue;
    }
    if (char === '#') {
      const end = program.indexOf('\n', at);
      at = end < 0 ? program.length : end;
      continue;
    }
    if (char === '{') braces++;
    else if (char === '}') braces--;
    else if (char === '(' || char === '[') parens++;
    else if (char === ')' || char === ']') parens--;
    else if (char === '|' && program.charAt(++at) !== '|') return false;
    // Outside of parentheses a print writes to a file so.
    else if (char === '>' && braces > 0 && parens === 0) return false;
    // A newline ends a statement: what follows is no divisor.
    if (!/[ \t]/.test(char)) before = char;
  }
  return braces === 0 && parens === 0;
}

/** Where a string or regular expression ends; -1 where it does not, or holds a character of the other kind. */
function endOfQuoted(program: string, start: number, quote: string): number {
  for (let at = start + 1; at < program.length; at++) {
    const char = program.charAt(at);
    if (char === '\\') at++;
    else if (char === '\n') return -1;
    // What is a regular expression here and a division in truth would hide a string: not taken apart.
    else if (char === '"' && quote === '/') return -1;
    else if (char === '[' && quote === '/') {
      const end = program.indexOf(']', at + 2);
      if (end < 0 || program.slice(at, end).includes('/')) return -1;
      at = end;
    } else if (char === quote) return at;
  }
  return -1;
}

function programOf(args: readonly Argument[]): Argument | undefined {
  const read = readOptions(args, {
    flags: 'cPS',
    values: 'Fv',
    long: 'posix traditional sandbox csv version help re-interval',
    longValues: 'field-separator assign',
  });
  return read.ok ? args[read.operands] : undefined;
}

function isPlainCall(args: readonly Argument[]): boolean {
  if (args.length === 1 && /^--(?:version|help)$/.test(args[0]?.text ?? '')) return true;
  const program = programOf(args);
  return program?.isConstant === true && isPlainAwk(program.text);
}

function openAwk(invocation: Invocation): undefined {
  if (!isPlainCall(invocation.args)) invocation.unknown('a program of awk that is not plain');
  return undefined;
}

export const AWK_RULES: ReadonlyMap<string, ProgramRule> = new Map(
  ['awk', 'gawk', 'mawk', 'nawk', 'original-awk'].map((name) => [
    name,
    { open: openAwk, isReadOnly: isPlainCall, takesData: true },
  ]),
);
