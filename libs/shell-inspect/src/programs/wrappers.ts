import { constantArgument, type Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { readOptions, type GivenOption, type OptionSpec } from './read-options.ts';

/** A program that runs the command behind its options. */
interface Wrapper extends OptionSpec {
  /** Words between the options and the command: a duration, a folder. */
  readonly operands?: number;
  /** True where `NAME=value` may stand in front of the command. */
  readonly assignments?: boolean;
  /** What it runs where no command is given. Default: nothing. */
  readonly without?: 'shell';
  /** Further things that its options do. */
  readonly also?: (
    invocation: Invocation,
    names: ReadonlySet<string>,
    command: readonly Argument[],
    options: readonly GivenOption[],
  ) => void;
}

const SUDO: Wrapper = {
  flags: 'AbEHkKlnPSsVvBNi',
  values: 'CDgprRtTUu',
  long:
    'askpass background preserve-env set-home login non-interactive preserve-groups stdin shell list ' +
    'reset-timestamp remove-timestamp validate version bell no-update help',
  longValues: 'close-from chdir group prompt chroot role type other-user user command-timeout host',
  assignments: true,
  also(invocation, names, command) {
    const isShell = names.has('s') || names.has('i') || names.has('shell') || names.has('login');
    if (!isShell) return;
    if (command.length === 0) invocation.shell();
    // A dollar sign is what it does not quote for the shell.
    else if (command.some(({ text }) => text.includes('$')))
      invocation.unknown('sudo hands variables to a shell');
  },
};

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: SUDO,
  doas: {
    flags: 'Lns',
    values: 'aCu',
    also(invocation, names, command) {
      if (names.has('s') && command.length === 0) invocation.shell();
      if (names.has('C')) invocation.unknown('a configuration of doas');
    },
  },
  nice: { values: 'n', longValues: 'adjustment', numbers: true },
  ionice: { flags: 't', values: 'cnpPu', long: 'ignore', longValues: 'class classdata' },
  nohup: {},
  setsid: { flags: 'cfw', long: 'ctty fork wait' },
  timeout: {
    flags: 'vfp',
    values: 'ks',
    long: 'preserve-status foreground verbose',
    longValues: 'kill-after signal',
    operands: 1,
  },
  stdbuf: { values: 'ioe', longValues: 'input output error' },
  taskset: { flags: 'ac', long: 'all-tasks cpu-list', operands: 1 },
  chrt: { flags: 'abdfiorRv', values: 'TPD', operands: 1 },
  chroot: { longValues: 'userspec groups', long: 'skip-chdir', operands: 1, without: 'shell' },
  unshare: {
    flags: 'imnpuUCTfrc',
    values: 'RwSG',
    long: 'ipc mount net pid uts user cgroup time fork map-root-user map-current-user mount-proc kill-child',
    longValues: 'root wd setuid setgid propagation setgroups map-user map-group',
    without: 'shell',
  },
  nsenter: {
    flags: 'aimnpuUCTFZ',
    values: 'tSGW',
    long: 'all ipc mount net pid uts user cgroup time preserve-credentials no-fork',
    longValues: 'target setuid setgid wdns',
    without: 'shell',
  },
  time: {
    flags: 'apvqlhV',
    values: 'of',
    long: 'append verbose portability quiet',
    longValues: 'output format',
    assignments: true,
  },
  command: { flags: 'pvV' },
  builtin: {},
  exec: { flags: 'cl', values: 'a', also: runUnderName },
  coproc: { assignments: true },
  nocorrect: { assignments: true },
  noglob: { assignments: true },
  '-': { assignments: true },
  repeat: { operands: 1, assignments: true },
  sshpass: { flags: 'ehvV', values: 'pfdP' },
  gosu: { operands: 1 },
  'su-exec': { operands: 1 },
  eatmydata: {},
  busybox: {},
  toybox: {},
};

/** The name of `exec -a` is only a name; ash looks the program up by it. */
function runUnderName(
  invocation: Invocation,
  _names: ReadonlySet<string>,
  command: readonly Argument[],
  [option]: readonly GivenOption[],
): void {
  if (option?.value === undefined || command.length === 0) return;
  if (invocation.dialect !== 'bash') invocation.run([constantArgument(option.value), ...command.slice(1)]);
}

/** Rules of the programs that run what stands behind their options. */
export const WRAPPER_RULES: ReadonlyMap<string, ProgramRule> = new Map(
  Object.entries(WRAPPERS).map(([name, wrapper]) => [
    name,
    { open: (invocation) => openWrapper(invocation, wrapper), isReadOnly: isNothingMore },
  ]),
);

/** It is no more than what it runs, which has effects of its own. */
export function isNothingMore(): boolean {
  return true;
}

function openWrapper(invocation: Invocation, wrapper: Wrapper): number | undefined {
  const { args, kind } = invocation;
  const read = readOptions(args, wrapper);
  if (!read.ok) {
    invocation.unknown(`options of ${kind} that are not known`);
    return undefined;
  }
  const names = new Set(read.options.map(({ name }) => name));
  if (kind === 'command' && (names.has('v') || names.has('V'))) return undefined;
  let from = read.operands;
  for (const operand of args.slice(from, from + (wrapper.operands ?? 0))) {
    if (operand.mayBeOptions) invocation.unknown(`words of ${kind} that are not known`);
  }
  from = Math.min(from + (wrapper.operands ?? 0), args.length);
  if (wrapper.assignments === true) {
    const behind = takeAssignments(invocation, from);
    // mksh reads options of time there too.
    if (behind > from && args[behind]?.text.startsWith('-') === true)
      invocation.unknown(`options of ${kind} that are not known`);
    from = behind;
  }
  const command = args.slice(from);
  wrapper.also?.(invocation, names, command, read.options);
  if (command.length > 0) invocation.run(command);
  else if (wrapper.without === 'shell') invocation.shell();
  return from;
}

/** What a shell takes for an assignment, and what env and sudo do: whatever has an equals sign. */
const ASSIGNMENT = /^(\w+)=/;
const ANY_ASSIGNMENT = /^([^=]+)=/;

/** Goes past `NAME=value` words, which set variables for the command. */
export function takeAssignments(invocation: Invocation, from: number): number {
  const { args, kind } = invocation;
  const pattern = kind === 'env' || kind === 'sudo' ? ANY_ASSIGNMENT : ASSIGNMENT;
  let index = from;
  for (; index < args.length; index++) {
    const arg = args[index];
    const name = arg === undefined ? undefined : pattern.exec(constantStart(arg))?.[1];
    if (arg === undefined || name === undefined) break;
    // An assignment to zsh, a program to bash.
    if (pattern === ASSIGNMENT && /^\d/.test(name)) invocation.unknown('an assignment to a number');
    setFromWord(invocation, name, arg);
  }
  return index;
}

/** The text of a word up to its first expansion. */
function constantStart({ isConstant, text, word }: Argument): string {
  if (isConstant) return text;
  let start = '';
  for (const part of word?.parts ?? []) {
    if (part.kind !== 'literal') break;
    start += part.text;
  }
  return start;
}

/** The word is `NAME=value`. */
export function setFromWord(invocation: Invocation, name: string, arg: Argument): void {
  const text = arg.text.slice(name.length + 1);
  const value = arg.isConstant ? { ...arg, text, canonical: text, word: undefined } : undefined;
  invocation.setVariable(name, value);
}
