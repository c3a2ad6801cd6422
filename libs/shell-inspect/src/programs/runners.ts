import { constantArgument, INSERTED, type Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { isNothingMore } from './wrappers.ts';
import { readOptions } from './read-options.ts';

const FIND_WRITES: ReadonlySet<string> = new Set(['-fprint', '-fprint0', '-fls', '-fprintf']);
const FIND_RUNS: ReadonlySet<string> = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/** Most commands of one find that are told. */
const MAX_COMMANDS = 64;

/** `find`: `-exec` runs, `-delete` deletes below the starting points, `-fprint` writes. */
function openFind(invocation: Invocation): number | undefined {
  const { args } = invocation;
  if (args.filter(({ text }) => FIND_RUNS.has(text)).length > MAX_COMMANDS) {
    invocation.unknown('very many commands of find');
    return 0;
  }
  // Each word may be the value of the one before it: none is passed over.
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined) break;
    const following = args[i + 1];
    if (FIND_RUNS.has(arg.text)) {
      const end = endOfCommand(args, i + 1);
      const command = args.slice(i + 1, end);
      // A word that is not told could end the command.
      if (command.some((each) => !each.isConstant && each.mayBeOptions))
        invocation.unknown('words of find that are not known');
      invocation.run(command.map(insertFound));
    } else if (FIND_WRITES.has(arg.text) && following !== undefined) invocation.write(following);
    else if (arg.text === '-delete') for (const path of startingPoints(args)) invocation.write(path);
    else if (!arg.isConstant && arg.mayBeOptions) invocation.unknown('words of find that are not known');
    else if (arg.text === '-files0-from') invocation.unknown('starting points that are not told');
  }
  return 0;
}

/** The command ends at a `;`, or at a `+` behind `{}`. */
function endOfCommand(args: readonly Argument[], from: number): number {
  for (let i = from; i < args.length; i++) {
    if (args[i]?.text === ';' || (args[i]?.text === '+' && args[i - 1]?.text === '{}')) return i;
  }
  return args.length;
}

function insertFound(arg: Argument): Argument {
  return arg.text.includes('{}') ? { ...INSERTED, text: arg.text, canonical: arg.canonical } : arg;
}

function startingPoints(args: readonly Argument[]): readonly Argument[] {
  const points: Argument[] = [];
  for (const arg of args) {
    if (/^-[HLPDO]/.test(arg.text)) continue;
    if (/^[-(!,]/.test(arg.text)) break;
    points.push(arg);
  }
  return points.length === 0 ? [constantArgument('.')] : points;
}

function isReadOnlyFind(args: readonly Argument[]): boolean {
  return args.every(
    ({ text, isConstant, mayBeOptions }) =>
      (isConstant || !mayBeOptions) && !/^-(?:exec|ok|delete|fprint|fls|files0)/.test(text),
  );
}

/** `xargs`: what it reads becomes words behind the command, or in the place of `{}`. */
function openXargs(invocation: Invocation): number | undefined {
  const { args } = invocation;
  const read = readOptions(args, {
    flags: '0rtpxoe',
    values: 'adEILnPs',
    long: 'null no-run-if-empty verbose interactive exit open-tty show-limits',
    longValues: 'arg-file delimiter max-lines max-args max-procs max-chars replace eof process-slot-var',
  });
  if (!read.ok) {
    invocation.unknown('options of xargs that are not known');
    return undefined;
  }
  const replaced = read.options.findLast(({ name }) => name === 'I' || name === 'replace');
  const command = args.slice(read.operands);
  if (command.length === 0) return undefined;
  const marker = replaced?.value ?? '{}';
  // The last one of -I, -L and -n holds: both count.
  const isAppended = read.options.some(({ name }) => /^(?:[nL]|max-lines|max-args)$/.test(name));
  if (replaced === undefined || isAppended) invocation.run([...command, INSERTED]);
  if (replaced === undefined) return read.operands;
  if (replaced.value === undefined || marker === '') invocation.unknown('a mark of xargs that is not known');
  else
    invocation.run(
      command.map((arg) =>
        arg.text.includes(marker) ? { ...INSERTED, text: arg.text, canonical: arg.canonical } : arg,
      ),
    );
  return read.operands;
}

/** `watch`: the words go to a shell, or with -x are run as they are. */
function openWatch(invocation: Invocation): number | undefined {
  const { args } = invocation;
  const read = readOptions(args, {
    flags: 'bceghprtwx',
    values: 'nqs',
    long: 'beep color no-color differences errexit chgexit precise no-rerun no-title no-wrap exec',
    longValues: 'interval equexit shotsdir',
  });
  // -d may have a value in its own word, which the reading of clusters does not know.
  const plain = read.ok
    ? read
    : readOptions(
        args.filter(({ text }) => !/^-d$/.test(text)),
        { flags: 'bceghprtwx', values: 'nq' },
      );
  if (!plain.ok) {
    invocation.unknown('options of watch that are not known');
    return undefined;
  }
  const all = read.ok ? args : args.filter(({ text }) => !/^-d$/.test(text));
  const command = all.slice(plain.operands);
  const isDirect = plain.options.some(({ name }) => name === 'x' || name === 'exec');
  if (isDirect) invocation.run(command);
  else if (command.length > 0) invocation.runText(command, 'posix');
  return args.length - command.length;
}

/** `flock FILE command`, `flock FILE -c TEXT`, `flock 9`. */
function openFlock(invocation: Invocation): number | undefined {
  const { args } = invocation;
  const read = readOptions(args, {
    flags: 'esxunoFv',
    values: 'wE',
    long: 'exclusive shared unlock nonblock close no-fork verbose',
    longValues: 'timeout wait conflict-exit-code',
  });
  if (!read.ok) {
    invocation.unknown('options of flock that are not known');
    return undefined;
  }
  const command = args.slice(read.operands + 1);
  const [first, second] = command;
  if (first === undefined) return undefined;
  if (first.text !== '-c' && first.text !== '--command') invocation.run(command);
  else if (second !== undefined) invocation.runText([second], 'posix');
  return read.operands + 1;
}

/** `ip netns exec NAME command`; a batch holds commands of ip itself. */
function openIp(invocation: Invocation): number | undefined {
  const { args } = invocation;
  const isExec = (i: number): boolean => /^ex?e?c?$/.test(args[i]?.text ?? '');
  const at = args.findIndex(({ text }, i) => /^(?:net|netn|netns|vrf)$/.test(text) && isExec(i + 1));
  if (args.some(({ text, isConstant, mayBeOptions }) => (!isConstant && mayBeOptions) || /^-b/.test(text))) {
    invocation.unknown('words of ip that are not known');
  }
  if (at < 0) return undefined;
  invocation.run(args.slice(at + 3));
  return at + 3;
}

export const RUNNER_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ['find', { open: openFind, isReadOnly: isReadOnlyFind }],
  ['gfind', { open: openFind, isReadOnly: isReadOnlyFind }],
  ['xargs', { open: openXargs, isReadOnly: isNothingMore }],
  ['watch', { open: openWatch, isReadOnly: isNothingMore }],
  ['flock', { open: openFlock }],
  ['ip', { open: openIp }],
]);
