import { constantArgument, type Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { readOptions } from './read-options.ts';
import { isNothingMore, setFromWord, takeAssignments } from './wrappers.ts';

/** `env`: options, assignments, a command; `-S` holds some of these in one word. */
function openEnv(invocation: Invocation): number | undefined {
  const { args } = invocation;
  const read = readOptions(args, {
    flags: 'i0v',
    values: 'uCS',
    long: 'ignore-environment null debug block-signal default-signal ignore-signal list-signal-handling',
    longValues: 'unset chdir split-string',
    lastOnes: ['S', 'split-string'],
  });
  if (!read.ok) {
    invocation.unknown('options of env that are not known');
    return undefined;
  }
  const split = read.options.find(({ name }) => name === 'S' || name === 'split-string');
  let from = read.operands;
  if (split !== undefined) {
    openSplit(invocation, split.value, args.slice(from));
    return from;
  }
  if (args[from]?.text === '-') from++;
  from = takeAssignments(invocation, from);
  // It could be an assignment to a variable that is not told.
  if (args[from]?.isConstant === false) invocation.unknown('a word of env that is not known');
  if (from < args.length) invocation.run(args.slice(from));
  return from;
}

/** `-S 'A=b rm -rf'`: its words stand in its place, in front of all that follows. Its own quoting and variables are not read. */
function openSplit(invocation: Invocation, text: string | undefined, rest: readonly Argument[]): void {
  if (text === undefined || !/^[\w@%+=:,./ \t-]*$/.test(text)) {
    invocation.unknown('a command that env splits');
    return;
  }
  const words = text.split(/[ \t]+/).filter((word) => word !== '');
  invocation.run([constantArgument('env'), ...words.map(constantArgument), ...rest]);
}

/** What the letters of a declaration say. */
interface Declaration {
  readonly isExport: boolean;
  /** Values are evaluated as arithmetic, now and later. */
  readonly isNumber: boolean;
  readonly isArray: boolean;
}

/** `export A=b`, `declare -x A`, `readonly`, `local`, `typeset`. */
function openDeclaration(invocation: Invocation): undefined {
  const { args, kind } = invocation;
  const options = args.filter(({ text }) => /^[-+]/.test(text));
  const letters = options.map(({ text }) => text.slice(1)).join('');
  if (options.some(({ isConstant }) => !isConstant))
    invocation.unknown(`options of ${kind} that are not known`);
  // -n makes a name for another variable, -T ties two; functions are loaded with -u, traced with -t.
  if (/n|T|^(?=.*f)(?=.*[uUt])/.test(letters)) invocation.unknown(`options of ${kind} that run code`);
  if (/^p+$/.test(letters)) return undefined;
  const declaration: Declaration = {
    isExport: kind === 'export' || letters.includes('x'),
    isNumber: /[iEF]/.test(letters) || kind === 'integer' || kind === 'float',
    isArray: /[aA]/.test(letters),
  };
  for (const arg of args) if (!options.includes(arg)) declare(invocation, arg, declaration);
  return undefined;
}

const DECLARED = /^([A-Za-z_]\w*)(\+?=)?/;

function declare(invocation: Invocation, arg: Argument, declaration: Declaration): void {
  const [all = '', name = '', operator] = DECLARED.exec(arg.text) ?? [];
  if (name === '' || (operator === undefined && (!arg.isConstant || all !== arg.text))) {
    invocation.unknown('a variable whose name is not plain');
    return;
  }
  if (declaration.isArray) invocation.setArray(name);
  if (operator !== undefined && isReadAsArray(invocation, name, arg, declaration)) {
    invocation.unknown('a value that is read as an array');
  }
  if (declaration.isNumber) invocation.checkNumber(name);
  // Without an export it still changes what was exported before.
  const isEnvironment = declaration.isExport || /^[A-Z]/.test(name);
  if (operator === '=' && isEnvironment) setFromWord(invocation, name, arg);
  else if (isEnvironment) invocation.setVariable(name, undefined);
  else if (operator === '=' && arg.isConstant) invocation.assign(name, arg.text.slice(all.length));
  else if (operator === undefined && declaration.isNumber) invocation.assignNumber(name);
  else invocation.assign(name, undefined);
}

/**
 * bash reads a value like `($(rm x))` as a list of words, also where it was quoted or comes from a variable, if the
 * variable is an array. A list that is written as one has no value here, and its substitutions count already.
 */
function isReadAsArray(
  invocation: Invocation,
  name: string,
  arg: Argument,
  { isArray }: Declaration,
): boolean {
  if (invocation.dialect === 'zsh') return false;
  if (arg.isConstant) return /^[^=]*=\s*\(/.test(arg.text);
  const isList = /^\w+\+?=\(/.test(arg.text);
  return !isList && !arg.isTold && (isArray || invocation.isArray(name));
}

export const ENVIRONMENT_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ['env', { open: openEnv, isReadOnly: isNothingMore }],
  ...['export', 'declare', 'typeset', 'local', 'readonly', 'integer', 'float'].map(
    (name): [string, ProgramRule] => [
      name,
      { open: openDeclaration, takesData: true, isReadOnly: () => true },
    ],
  ),
]);
