import type { Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';

/** What a script of sed can do beside editing what it reads. */
type SedScript = 'plain' | 'unknown';

/**
 * Reads a script far enough to be sure that it has no `e`, `w`, `W`, `r` or `R` command or flag, which run programs
 * and touch other files. What is not understood is `unknown`.
 */
export function readSedScript(script: string): SedScript {
  const state = { text: script, at: 0 };
  try {
    while (state.at < script.length) readSedCommand(state);
    return 'plain';
  } catch (error) {
    if (error instanceof NotPlain) return 'unknown';
    throw error;
  }
}

interface State {
  readonly text: string;
  at: number;
}

class NotPlain extends Error {}

function readSedCommand(state: State): void {
  match(state, /[\s;]*/y);
  match(state, /#[^\n]*/y);
  if (readAddress(state)) {
    match(state, /\s*/y);
    if (match(state, /,\s*/y) !== '' && !readAddress(state)) throw new NotPlain();
  }
  match(state, /[\s!]*/y);
  const command = state.text.charAt(state.at++);
  switch (command) {
    case 's':
      readDelimited(state, 2);
      if (!/^[gpIiMm\d]*$/.test(match(state, /[^\s;}#]*/y))) throw new NotPlain();
      break;
    case 'y':
      readDelimited(state, 2);
      break;
    case 'a':
    case 'i':
    case 'c':
      // The text goes on behind a line that ends with a backslash.
      match(state, /(?:[^\\\n]|\\[^])*/y);
      break;
    case ':':
    case 'b':
    case 't':
    case 'T':
      match(state, /[ \t]*[^\s;}]*/y);
      break;
    case 'q':
    case 'Q':
    case 'l':
    case 'L':
      match(state, /[ \t]*\d*/y);
      break;
    case '':
      return;
    default:
      if (!'{}dDpPnNgGhHx=zF'.includes(command)) throw new NotPlain();
  }
  if (
    !/^(?:[\s;}#]|$)/.test(state.text.slice(state.at, state.at + 1)) &&
    command !== '{' &&
    command !== '}'
  ) {
    throw new NotPlain();
  }
}

function readAddress(state: State): boolean {
  if (match(state, /(?:\$|\d+(?:~\d+)?|[+~]\d+)/y) !== '') return true;
  const char = state.text.charAt(state.at);
  if (char === '\\') state.at++;
  else if (char !== '/') return false;
  readDelimited(state, 1);
  match(state, /[IM]*/y);
  return true;
}

/** `/a/b/` with any delimiter. Brackets are not looked into: a delimiter in one would end it in some seds only. */
function readDelimited(state: State, pieces: number): void {
  const delimiter = state.text.charAt(state.at++);
  if (delimiter === '' || /[\s\\]/.test(delimiter)) throw new NotPlain();
  for (let i = 0; i < pieces; i++) {
    for (let char = state.text.charAt(state.at++); char !== delimiter; char = state.text.charAt(state.at++)) {
      if (char === '' || char === '[' ? isAwkward(state, char, delimiter) : false) throw new NotPlain();
      if (char === '\\') state.at++;
    }
  }
}

/** The end of the text, or a bracket expression that holds the delimiter. */
function isAwkward(state: State, char: string, delimiter: string): boolean {
  if (char === '') return true;
  const bracket = /\^?\]?[^\]]*\]?/y;
  bracket.lastIndex = state.at;
  return bracket.exec(state.text)?.[0].includes(delimiter) === true;
}

function match(state: State, pattern: RegExp): string {
  pattern.lastIndex = state.at;
  const found = pattern.exec(state.text)?.[0] ?? '';
  state.at += found.length;
  return found;
}

interface SedCall {
  readonly scripts: readonly Argument[];
  readonly isInPlace: boolean;
  readonly isKnown: boolean;
}

function readSedCall(args: readonly Argument[]): SedCall {
  const scripts: Argument[] = [];
  const operands: Argument[] = [];
  let isInPlace = false;
  let isKnown = true;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined) break;
    const { text } = arg;
    const following = args[i + 1];
    const joined = /^--expression=(.*)$/s.exec(text)?.[1] ?? /^-[nErsuz]*e(.+)$/s.exec(text)?.[1];
    if (!arg.isConstant && arg.mayBeOptions) isKnown = false;
    else if (joined !== undefined) scripts.push({ ...arg, text: joined });
    else if (/^(?:-[nErsuz]*e|--expression)$/.test(text) && following !== undefined) {
      scripts.push(following);
      i++;
    } else if (/^-[nErsuz]*i|^--in-place(?:=|$)/.test(text)) isInPlace = true;
    else if (
      /^-[^-]/.test(text) ? !/^-[nErsuz]+$|^-l\d*$/.test(text) : /^--./.test(text) && !SED_LONG.test(text)
    )
      isKnown = false;
    else if (!text.startsWith('-') || text === '-') operands.push(arg);
  }
  const [first] = operands;
  if (scripts.length === 0 && first !== undefined) scripts.push(first);
  return { scripts, isInPlace, isKnown };
}

const SED_LONG =
  /^--(?:quiet|silent|regexp-extended|separate|unbuffered|null-data|posix|sandbox|help|version)$/;

function isPlainCall({ scripts, isKnown }: SedCall): boolean {
  return isKnown && scripts.every(({ isConstant, text }) => isConstant && readSedScript(text) === 'plain');
}

function openSed(invocation: Invocation): undefined {
  if (!isPlainCall(readSedCall(invocation.args))) invocation.unknown('a script of sed that is not plain');
  return undefined;
}

function isReadOnlySed(args: readonly Argument[]): boolean {
  const call = readSedCall(args);
  return !call.isInPlace && isPlainCall(call);
}

export const SED_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ['sed', { open: openSed, isReadOnly: isReadOnlySed, takesData: true }],
  ['gsed', { open: openSed, isReadOnly: isReadOnlySed, takesData: true }],
]);
