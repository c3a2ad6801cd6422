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
  });
  if (!read.ok) {
    invocation.unknown('options of env that are not known');
    return undefined;
  }
  const split = read.options.filter(({ name }) => name === 'S' || name === 'split-string');
  let from = read.operands;
  if (args[from]?.text === '-') from++;
  if (split.length > 0) {
    openSplit(invocation, split[0]?.value, split.length > 1 ? undefined : args.slice(from));
    return from;
  }
  const isNoAssignment = args[from]?.isConstant === false && args[from]?.mayBeOptions === true;
  if (isNoAssignment) invocation.unknown('a word of env that is not known');
  from = takeAssignments(invocation, from);
  if (from < args.length) invocation.run(args.slice(from));
  return from;
}

/** `-S 'A=b rm -rf'` with the words behind it. Its own quoting and variables are not read. */
function openSplit(
  invocation: Invocation,
  text: string | undefined,
  rest: readonly Argument[] | undefined,
): void {
  if (text === undefined || rest === undefined || !/^[\w@%+=:,./ \t-]*$/.test(text)) {
    invocation.unknown('a command that env splits');
    return;
  }
  const words = [...text.split(/[ \t]+/).filter((word) => word !== ''), ...[]].map(constantArgument);
  invocation.run([constantArgument('env'), ...words, ...rest]);
}

/** `export A=b`, `declare -x A`, `readonly`, `local`, `typeset`. */
function openDeclaration(invocation: Invocation): undefined {
  const { args, kind } = invocation;
  const letters = args
    .filter(({ text }) => /^[-+]/.test(text))
    .map(({ text }) => text)
    .join('');
  const isExport = kind === 'export' || letters.includes('x');
  // -i and its like evaluate the value, -n makes a name for another variable, -f is about functions, -u loads one.
  const isEvaluated = /[iEFn]/.test(letters) || kind === 'integer' || kind === 'float';
  for (const arg of args) {
    if (/^[-+]/.test(arg.text)) {
      if (!arg.isConstant) invocation.unknown(`options of ${kind} that are not known`);
      if (kind !== 'export' && /f/.test(arg.text) && /u|T/.test(arg.text))
        invocation.unknown('a function that is loaded');
      continue;
    }
    declare(invocation, arg, isExport, isEvaluated);
  }
  return undefined;
}

function declare(invocation: Invocation, arg: Argument, isExport: boolean, isEvaluated: boolean): void {
  const match = /^([A-Za-z_]\w*)(\+?=)?/.exec(arg.text);
  const [all = '', name = '', operator] = match ?? [];
  const isName = match !== null && (operator !== undefined || all === arg.text);
  if (!isName || (!arg.isConstant && operator === undefined)) {
    invocation.unknown('a variable whose name is not plain');
    return;
  }
  if (isEvaluated && operator !== undefined && !/^-?\d*$/.test(arg.text.slice(all.length))) {
    invocation.unknown('a value that is evaluated');
  }
  if (operator === '=' && isExport) setFromWord(invocation, name, arg);
  else if (isExport) invocation.setVariable(name, undefined);
  // Without an export it still changes what was exported before.
  else if (/^[A-Z]/.test(name)) invocation.setVariable(name, undefined);
  else invocation.assignUntold(name);
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
