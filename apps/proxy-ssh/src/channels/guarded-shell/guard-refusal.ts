import type { ShellCommand } from '@sallyport/shell-inspect';
import { GUARD_PREFIX } from './bash-program.ts';

/** Builtins of bash. A function of such a name would be what the guard itself calls. */
const BUILTINS: ReadonlySet<string> = new Set(
  (
    '. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo ' +
    'enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf ' +
    'pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit ' +
    'umask unalias unset wait yes cat bash'
  ).split(' '),
);

/** Change what the shell reads, what names mean, or what runs beside the lines. */
const NEVER: ReadonlySet<string> = new Set(
  '. alias bind builtin compgen complete compopt coproc enable eval fc shopt source suspend unalias'.split(
    ' ',
  ),
);

/** Give variables other meanings; without names they list everything, with the guard's own. */
const DECLARING: ReadonlySet<string> = new Set('declare typeset local readonly export unset'.split(' '));

const PLAIN_DECLARATION = /^[A-Za-z_]\w*(?:\+?=|$)/s;
/** Neither functions, nor listings, nor variables whose values are evaluated. */
const PLAIN_DECLARATION_OPTION = /^[-+][aAglrtux]+$|^-v$|^--$/;
/** What may be set: nothing that traces the guard or ends it. */
const PLAIN_SET = /^[-+][fuCbh]+$|^[-+]o$/;
const PLAIN_SET_NAME = /^(?:noglob|nounset|noclobber|notify|hashall|pipefail|emacs|vi)$/;

/**
 * Why a line could take the guard off, whatever policy says of it; null: it
 * does not touch it. Of lines that policy allows to be unknown nothing can be
 * told, so this binds only what is written.
 */
export function guardRefusal(text: string, commands: readonly ShellCommand[]): string | null {
  const joined = text.replaceAll('\\\n', '');
  const bare = joined.replaceAll(/["'\\]/g, '');
  if (bare.includes(GUARD_PREFIX)) return 'it names the guard itself';
  for (const [, plain, marked] of bare.matchAll(
    /([^\s;&|<>(){}]+)[ \t]*\(\s*\)|\bfunction\s+([^\s(){};&|<>]+)/g,
  )) {
    const name = plain ?? marked ?? '';
    if (BUILTINS.has(name)) return `a function of the name ${name} would replace what the guard calls`;
  }
  for (const command of commands) {
    const refusal = refusalOfCommand(command);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refusalOfCommand({ argv }: ShellCommand): string | null {
  const [name = '', ...args] = argv;
  if (argv.some((word) => word.includes(GUARD_PREFIX))) return 'it names the guard itself';
  if (NEVER.has(name)) return `${name} changes what the shell does with lines`;
  if (DECLARING.has(name)) return refusalOfDeclaration(name, args);
  switch (name) {
    case 'exec':
      return args.length === 0 || args[0]?.startsWith('-') === true
        ? 'exec without a program changes the files of the shell itself'
        : null;
    case 'trap':
      return args.length === 0 || /^-[lp]$/.test(args[0] ?? '') ? null : 'a trap runs beside the lines';
    case 'history':
      return args.every((word) => /^\d+$|^-c$/.test(word)) ? null : 'history is shown or cleared only';
    case 'set':
      return refusalOfSet(args);
    case 'printf':
      return args[0]?.startsWith('-v') === true && !/^[A-Za-z_]\w*$/.test(args[1] ?? '')
        ? 'the variable of printf is not plain'
        : null;
    case 'break':
    case 'continue':
      return null;
    default:
      return null;
  }
}

function refusalOfDeclaration(name: string, args: readonly string[]): string | null {
  const names = args.filter((word) => !/^[-+]/.test(word));
  if (names.length === 0) return `${name} lists what the shell holds`;
  if (!names.every((word) => PLAIN_DECLARATION.test(word))) return `a name of ${name} is not plain`;
  const options = args.filter((word) => /^[-+]/.test(word));
  return options.every((word) => PLAIN_DECLARATION_OPTION.test(word) || (word === '-p' && name === 'declare'))
    ? null
    : `an option of ${name} gives names another meaning`;
}

function refusalOfSet(args: readonly string[]): string | null {
  if (args.length === 0) return 'set lists what the shell holds';
  for (const [i, word] of args.entries()) {
    if (word === '--') return null;
    if (!/^[-+]/.test(word)) {
      if (!/^[-+]o$/.test(args[i - 1] ?? '')) return null;
      if (!PLAIN_SET_NAME.test(word)) return 'an option of set that the guard needs as it is';
    } else if (!PLAIN_SET.test(word)) return 'an option of set that the guard needs as it is';
  }
  return null;
}
