import type { ShellDialect } from '../model/inspection.ts';
import type { Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { isNothingMore } from './wrappers.ts';

/** Which dialect each shell reads. */
const DIALECTS: Readonly<Record<string, ShellDialect>> = {
  sh: 'posix',
  dash: 'posix',
  ash: 'posix',
  hush: 'posix',
  bash: 'bash',
  rbash: 'bash',
  zsh: 'zsh',
  rzsh: 'zsh',
  ksh: 'posix',
  ksh93: 'posix',
  rksh: 'posix',
  mksh: 'posix',
  lksh: 'posix',
  pdksh: 'posix',
  yash: 'posix',
  posh: 'posix',
  fish: 'other',
  csh: 'other',
  tcsh: 'other',
  rc: 'other',
  nu: 'other',
  elvish: 'other',
  xonsh: 'other',
  pwsh: 'other',
  powershell: 'other',
};

/** Options that load or debug something: what they do is not in the text. */
const LOADING = /^--(?:rcfile|init-file|init-command|debugger|dump|emulate|import)/;

/** Letters that the shells of this family agree on: no value, and no code. */
const FLAGS = /^[-+][abefhimnprtuvxBCEPTlscD]+$/;

/** `sh -c TEXT`, `bash script`, `zsh` alone. */
function openShell(invocation: Invocation): number | undefined {
  const { args, kind } = invocation;
  const dialect = DIALECTS[kind] ?? 'other';
  const read = readShellOptions(args);
  if (read === undefined) {
    invocation.unknown(`options of ${kind} that are not known`);
    return undefined;
  }
  const operand = args[read.operands];
  if (read.isQuestion) return undefined;
  if (read.hasCommand) {
    if (operand === undefined) return undefined;
    if (dialect === 'other') invocation.unknown(`a text for ${kind}`);
    else invocation.runText([operand], dialect);
    return read.operands + 1;
  }
  if (operand === undefined || read.readsInput) invocation.shell();
  else invocation.unknown(`a script that ${kind} reads`);
  return undefined;
}

interface ShellOptions {
  readonly operands: number;
  readonly hasCommand: boolean;
  readonly readsInput: boolean;
  readonly isQuestion: boolean;
}

/** Undefined where a word may be an option that is not known. */
function readShellOptions(args: readonly Argument[]): ShellOptions | undefined {
  const letters = new Set<string>();
  let isQuestion = false;
  let index = 0;
  for (; index < args.length; index++) {
    const arg = args[index];
    if (arg === undefined) break;
    const { text, isConstant, mayBeOptions } = arg;
    if (!isConstant && mayBeOptions) return undefined;
    if (!isConstant || !/^[-+]./.test(text)) break;
    if (text === '--') {
      index++;
      break;
    }
    if (text === '--version' || text === '--help') isQuestion = true;
    else if (text.startsWith('--')) {
      if (LOADING.test(text) || !/^--(?:norc|noprofile|login|posix|noediting|restricted|verbose)$/.test(text))
        return undefined;
    } else if (/^[-+]o$|^[-+]O$|^-[a-z]*o$/.test(text)) {
      for (const letter of text.slice(1, -1)) letters.add(letter);
      if (args[++index]?.isConstant !== true) return undefined;
    } else if (FLAGS.test(text)) {
      if (text.startsWith('-') || text.includes('c')) for (const letter of text.slice(1)) letters.add(letter);
    } else return undefined;
  }
  // A single dash ends the options.
  if (args[index]?.text === '-') index++;
  return { operands: index, hasCommand: letters.has('c'), readsInput: letters.has('s'), isQuestion };
}

/** `su - root -c TEXT`: options may stand behind the operands. */
function openSu(invocation: Invocation): number | undefined {
  const { args, kind } = invocation;
  let hasCommand = false;
  let operands = 0;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined) break;
    const following = args[i + 1];
    const joined = /^(?:--command|--session-command)=(.*)$/s.exec(arg.text);
    if (/^(?:-[lmpPf]*c|--command|--session-command)$/.test(arg.text) && following !== undefined) {
      hasCommand = true;
      invocation.runText([following], 'any');
      i++;
    } else if (joined !== null && arg.isConstant) {
      hasCommand = true;
      invocation.runText([{ ...arg, text: joined[1] ?? '', word: undefined }], 'any');
    } else if (/^(?:-[gGsuw]|--(?:shell|group|supp-group|user|whitelist-environment))$/.test(arg.text)) i++;
    else if (arg.mayBeOptions || (/^-./.test(arg.text) && !isPlainSuOption(arg.text))) {
      invocation.unknown(`options of ${kind} that are not known`);
      return undefined;
    } else if (!/^-/.test(arg.text)) operands++;
  }
  // Further words are for the shell it starts.
  if (operands > 1) invocation.unknown(`words that ${kind} hands to a shell`);
  else if (!hasCommand) invocation.shell();
  return undefined;
}

function isPlainSuOption(text: string): boolean {
  return /^-[lmpPf]+$|^--(?:login|preserve-environment|pty|fast)$|^--(?:shell|group|user)=/.test(text);
}

export const SHELL_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ...Object.keys(DIALECTS).map((name): [string, ProgramRule] => [
    name,
    { open: openShell, isReadOnly: isNothingMore },
  ]),
  ['su', { open: openSu, isReadOnly: isNothingMore }],
]);
