import type { Invocation, ProgramRule } from './invocation.ts';
import { isQuoted } from './read-options.ts';

/** Options of `set` that change neither how text is read nor what names mean. */
const SET_LETTERS = /^[-+][abefhmnuvxBCEPT]+$/;
const SET_NAMES =
  /^(?:errexit|nounset|pipefail|xtrace|verbose|noglob|noclobber|allexport|errtrace|functrace|monitor|notify|noexec|physical|braceexpand|emacs|vi|ignoreeof)$/;

/** Options of bash that only change what patterns find. */
const SHOPT_NAMES =
  /^(?:nullglob|globstar|dotglob|failglob|nocaseglob|nocasematch|lastpipe|inherit_errexit|checkwinsize|huponexit|xpg_echo)$/;

const PLAIN_NAME = /^\w*$/;

const ARITHMETIC_TESTS: ReadonlySet<string> = new Set(['-eq', '-ne', '-lt', '-le', '-gt', '-ge']);

function openEval(invocation: Invocation): undefined {
  const words = invocation.args[0]?.text === '--' ? invocation.args.slice(1) : invocation.args;
  if (words.length > 0) invocation.runText(words, invocation.dialect);
  return undefined;
}

/** `trap CODE SIGNALS`; a number, a dash or nothing instead of code sets signals back. */
function openTrap(invocation: Invocation): number | undefined {
  const words = invocation.args[0]?.text === '--' ? invocation.args.slice(1) : invocation.args;
  const [code] = words;
  if (code === undefined || /^(?:-[lpP]?|\d*)$/.test(code.text)) return undefined;
  invocation.runText([code], invocation.dialect);
  return undefined;
}

function openSet(invocation: Invocation): undefined {
  const { args } = invocation;
  for (let i = 0; i < args.length; i++) {
    const { text = '', isConstant = true } = args[i] ?? {};
    if (!isConstant) {
      // What `set` gets from here on are positional parameters, or options that are not told.
      if (args[i]?.mayBeOptions === true) invocation.unknown('options of set that are not known');
      return undefined;
    }
    if (text === '--' || text === '-') return undefined;
    if (/^[-+][abefhmnuvxBCEPT]*o$/.test(text)) {
      const name = args[++i];
      if (name !== undefined && !(name.isConstant && SET_NAMES.test(name.text))) {
        invocation.unknown('an option of set that is not known');
      }
    } else if (/^[-+]/.test(text)) {
      if (!SET_LETTERS.test(text)) invocation.unknown('an option of set that is not known');
    } else return undefined;
  }
  return undefined;
}

function openShopt(invocation: Invocation): undefined {
  const isKnown = invocation.args.every(
    ({ text, isConstant }) => isConstant && (/^-[supq]+$/.test(text) || SHOPT_NAMES.test(text)),
  );
  if (!isKnown) invocation.unknown('options of shopt that are not known');
  return undefined;
}

/** `read`, `mapfile`, `getopts`: set variables to what comes in. A name with a subscript would be evaluated. */
function openReading(invocation: Invocation): undefined {
  const { args, kind } = invocation;
  invocation.assign(kind === 'read' ? 'REPLY' : kind === 'getopts' ? 'OPTARG' : 'MAPFILE', undefined);
  for (const { text, isConstant } of args) {
    if (!isConstant || text.includes('[')) invocation.unknown(`words of ${kind} that are not known`);
    else if (kind !== 'read' && kind !== 'getopts' && /^-\w*[Cc]/.test(text)) {
      invocation.unknown('a command that is called for each line');
    } else if (PLAIN_NAME.test(text)) invocation.assign(text, undefined);
    if (/^-[a-zA-Z]*[aA]$|^mapfile$|^readarray$/.test(kind === 'read' ? text : kind)) setArrays(invocation);
    // zsh and ksh evaluate the numbers of options.
    if (invocation.dialect !== 'bash' && /^-[a-zA-Z]*[tknNu]/.test(text)) openTimes(invocation);
  }
  return undefined;
}

function setArrays(invocation: Invocation): void {
  for (const { text } of invocation.args) if (PLAIN_NAME.test(text)) invocation.setArray(text);
}

/** Words that may be the number of an option: only a number is harmless. */
function openTimes(invocation: Invocation): void {
  const isNumber = invocation.args.some(
    ({ text }, i) => /^-[a-zA-Z]*[tknNu]$/.test(text) && !/^[\d.]*$/.test(invocation.args[i + 1]?.text ?? ''),
  );
  const isJoined = invocation.args.some(({ text }) => /^-[a-zA-Z]*[tknNu][^\d.]/.test(text));
  if (isNumber || isJoined) invocation.unknown('a number that is not told');
}

function openPrintf(invocation: Invocation): undefined {
  const { args, dialect } = invocation;
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (first.text === '-v') {
    if (second?.isConstant === true && PLAIN_NAME.test(second.text))
      invocation.assign(second.text, undefined);
    else invocation.unknown('a variable whose name is not plain');
    return undefined;
  }
  if (!first.isConstant && args.length > 1 && first.mayBeOptions)
    invocation.unknown('options of printf that are not known');
  const isNumeric = !first.isConstant || /%[^%a-zA-Z]*[diouxXcfFeEgGaA]/.test(first.text);
  if (dialect !== 'bash' && isNumeric) for (const arg of args.slice(1)) invocation.evaluate(arg);
  return undefined;
}

/** `[ a -eq b ]` evaluates in ksh and zsh, `-v` in bash. Unquoted values could bring such operators with them. */
function openTest(invocation: Invocation): undefined {
  const { dialect, kind } = invocation;
  const args = kind === '[' ? invocation.args.slice(0, -1) : invocation.args;
  args.forEach((arg, i) => {
    const [before, after] = [args[i - 1], args[i + 1]];
    if (!arg.isConstant && !arg.isTold && arg.mayBeOptions && !isQuoted(arg)) {
      invocation.unknown('an unquoted value in a test');
    }
    if (ARITHMETIC_TESTS.has(arg.text) && dialect !== 'bash') {
      if (before !== undefined) invocation.evaluate(before);
      if (after !== undefined) invocation.evaluate(after);
    }
    if (!/^-[vRt]$/.test(arg.text) || after === undefined) return;
    if (!after.isConstant || !PLAIN_NAME.test(after.text))
      invocation.unknown('a variable whose name is not plain');
  });
  const [first, second] = args;
  if (args.length !== 2 || first === undefined || second === undefined || first.isTold) return undefined;
  if (!second.isConstant || !PLAIN_NAME.test(second.text))
    invocation.unknown('an operator of a test that is not known');
  return undefined;
}

function openLet(invocation: Invocation): undefined {
  for (const arg of invocation.args) invocation.evaluate(arg);
  return undefined;
}

/** `exit x`: ksh and zsh evaluate the word. */
function openNumber(invocation: Invocation): undefined {
  if (invocation.dialect !== 'bash') for (const arg of invocation.args) invocation.evaluate(arg);
  return undefined;
}

function openUnset(invocation: Invocation): undefined {
  const isPlain = invocation.args.every(({ text, isConstant }) => isConstant && /^-?\w*$/.test(text));
  for (const { text } of invocation.args) invocation.assign(text, undefined);
  if (!isPlain) invocation.unknown('a variable whose name is not plain');
  return undefined;
}

/** `alias` and `hash` make a name mean another program. */
function openNaming(invocation: Invocation): undefined {
  const isListing = invocation.args.every(
    ({ text, isConstant }) =>
      isConstant && !text.includes('=') && /^(?:-[rlL]|[\w.-]+)$/.test(text) && text !== '-p',
  );
  if (!isListing) invocation.unknown('a name that is made to mean something else');
  return undefined;
}

/** `print` of ksh and zsh. */
function openPrint(invocation: Invocation): undefined {
  const isKnown = invocation.args.every(({ text, isConstant, mayBeOptions }) =>
    isConstant ? !text.startsWith('-') || /^-[rnlNR-]+$/.test(text) : !mayBeOptions,
  );
  if (!isKnown) invocation.unknown('options of print that are not known');
  return undefined;
}

/** `wait -p NAME`. */
function openWait(invocation: Invocation): undefined {
  const isPlain = invocation.args.every(({ text, isConstant, isTold }) =>
    isConstant ? /^[\w%-]*$/.test(text) : isTold,
  );
  if (!isPlain) invocation.unknown('a variable whose name is not plain');
  else for (const { text } of invocation.args) invocation.assign(text, undefined);
  return undefined;
}

function openJobs(invocation: Invocation): undefined {
  if (invocation.args.some(({ text, isConstant }) => !isConstant || /^-.*x/.test(text))) {
    invocation.unknown('a command that jobs runs');
  }
  return undefined;
}

const always = (): boolean => true;

const RULES: Readonly<Record<string, ProgramRule>> = {
  eval: { open: openEval, takesData: true, isReadOnly: always },
  trap: { open: openTrap, takesData: true, isReadOnly: always },
  set: { open: openSet, takesData: true, isReadOnly: always },
  shopt: { open: openShopt, takesData: true },
  read: { open: openReading, takesData: true, isReadOnly: always },
  mapfile: { open: openReading, takesData: true, isReadOnly: always },
  readarray: { open: openReading, takesData: true, isReadOnly: always },
  getopts: { open: openReading, takesData: true, isReadOnly: always },
  printf: { open: openPrintf, takesData: true, isReadOnly: always },
  test: { open: openTest, takesData: true, isReadOnly: always },
  '[': { open: openTest, takesData: true, isReadOnly: always },
  let: { open: openLet, takesData: true, isReadOnly: always },
  exit: { open: openNumber, takesData: true, isReadOnly: always },
  return: { open: openNumber, takesData: true, isReadOnly: always },
  break: { open: openNumber, takesData: true, isReadOnly: always },
  continue: { open: openNumber, takesData: true, isReadOnly: always },
  ulimit: { open: openNumber, takesData: true },
  shift: { open: openNumber, takesData: true, isReadOnly: always },
  unset: { open: openUnset, takesData: true, isReadOnly: always },
  alias: { open: openNaming, takesData: true },
  hash: { open: openNaming, takesData: true },
  print: { open: openPrint, takesData: true, isReadOnly: always },
  wait: { open: openWait, takesData: true, isReadOnly: always },
  jobs: { open: openJobs, takesData: true, isReadOnly: always },
};

export const BUILTIN_RULES: ReadonlyMap<string, ProgramRule> = new Map(Object.entries(RULES));
