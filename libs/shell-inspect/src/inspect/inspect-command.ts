import type { Invocation } from '../programs/invocation.ts';
import { isKnownProgram, isOpened, isReadOnlyCall, ruleOf } from '../programs/program-table.ts';
import { MASK, secretsOf } from '../redact/secrets.ts';
import { redactShellText } from '../redact/redact-text.ts';
import type { ArithmeticUse } from '../syntax/script.ts';
import type { Argument } from '../words/argument.ts';
import { foldCase, programKind, programName } from '../words/program-name.ts';
import { quoteWord } from '../words/quote-word.ts';
import { inspectText } from './inspect-script.ts';
import type { InspectionRun, Place } from './inspection-run.ts';

/** Adds what one command would do: the program itself, and what it is told to run. */
export function inspectCommand(run: InspectionRun, words: readonly Argument[], place: Place): void {
  const [first, ...args] = words;
  if (first === undefined) return;
  if (!first.isConstant) {
    run.unknown('a program whose name is not constant');
    addCommand(run, words, first.canonical, undefined);
    return;
  }
  const name = programName(first.text);
  const kind = programKind(name, isKnownProgram, isOpened);
  const folded = foldCase(kind);
  const isOtherCase =
    folded !== kind && !isKnownProgram(kind) && isKnownProgram(programKind(folded, isKnownProgram, isOpened));
  if (isOtherCase) run.unknown('a name in other letters than usual');
  // zsh: the path of that program.
  if (name.startsWith('=') && place.dialect !== 'bash' && place.dialect !== 'posix')
    run.unknown('a name that zsh looks up');
  const isFunction = run.functions.has(first.text);
  const rule = ruleOf(kind);
  const own = rule.open?.(invocationOf(run, kind, args, place)) ?? args.length;
  const isUntold = rule.takesData !== true && args.slice(0, own).some(({ isTold }) => !isTold);
  if (isUntold && !(isFunction && !isKnownProgram(kind)))
    run.unknown(`a word of ${quoteWord(kind)} that is not told`);
  const readOnly = !isFunction && kind === name && isReadOnlyCall(kind, args);
  addCommand(run, words, name, { kind, readOnly });
}

interface Called {
  readonly kind: string;
  readonly readOnly: boolean;
}

function addCommand(
  run: InspectionRun,
  words: readonly Argument[],
  name: string,
  called: Called | undefined,
): void {
  const args = words.slice(1);
  const secrets = called === undefined ? new Map<number, string>() : secretsOf(called.kind, args);
  for (const [i, secret] of secrets) {
    const arg = args[i];
    run.secrets.add(secret);
    if (arg !== undefined)
      run.shown.set(
        arg,
        arg.text.replace(secret, () => MASK),
      );
  }
  const shown = args.map((arg) => showArgument(run, arg));
  const canonical = args.map((arg, i) => {
    const text = shown[i] ?? '';
    if (text === arg.text) return arg.canonical;
    return arg.isConstant ? quoteWord(text) : text;
  });
  const [first] = words;
  const shownName = first?.isConstant === true ? name : redactShellText(name, run.secrets);
  run.command({
    argv: [shownName, ...shown],
    canonical: [first?.isConstant === true ? quoteWord(name) : shownName, ...canonical].join(' '),
    isConstant: words.every(({ isConstant }) => isConstant),
    readOnly: called?.readOnly === true,
  });
}

/**
 * A word without secrets. What is a secret of another command stays in a constant word: a rule about that word must
 * still find it.
 */
function showArgument(run: InspectionRun, arg: Argument): string {
  const text = run.shown.get(arg) ?? arg.text;
  return arg.isConstant ? redactShellText(text) : redactShellText(text, run.secrets);
}

function invocationOf(run: InspectionRun, kind: string, args: readonly Argument[], place: Place): Invocation {
  return {
    kind,
    args,
    dialect: place.dialect,
    hasTerminal: run.hasTerminal,
    run: (words) => inspectCommand(run, words, run.deeper(place, place.dialect)),
    runText(words, dialect) {
      const text = textOf(run, words);
      if (text === undefined) {
        run.unknown('a shell text that is not constant');
        return;
      }
      const before = new Set(run.secrets);
      inspectText(run, text, dialect, place);
      const found = new Set([...run.secrets].filter((secret) => !before.has(secret)));
      for (const word of words) run.shown.set(word, redactShellText(word.text, found));
    },
    shell: () => run.shell(),
    unknown: (reason) => run.unknown(reason),
    write: (path) => run.path('write', path),
    read: (path) => run.path('read', path),
    setVariable(name, value) {
      run.variable(name);
      run.assign(name, value?.isConstant === true ? value.text : undefined);
    },
    assign: (name, value) => run.assign(name, value),
    assignNumber: (name) => run.facts.assignNumber(name),
    isArray: (name) => run.facts.isArray(name),
    setArray: (name) => run.facts.setArray(name),
    checkNumber: (name) => run.arithmetic.push({ names: [name], isOpaque: false }),
    evaluate(value) {
      const use = arithmeticOf(value);
      run.arithmetic.push(use);
      if (/=|\+\+|--/.test(value.text)) for (const each of use.names) run.facts.assignNumber(each);
    },
  };
}

/** The text that a shell gets; what the login decides is left for that shell to fill in. Undefined: not told. */
function textOf(run: InspectionRun, words: readonly Argument[]): string | undefined {
  const pieces: string[] = [];
  for (const { isConstant, text, word } of words) {
    if (isConstant) {
      pieces.push(text);
      continue;
    }
    let piece = '';
    for (const part of word?.parts ?? [undefined]) {
      if (part?.kind === 'literal' && (part.quoted || !/[*?[{~]/.test(part.text))) piece += part.text;
      else if (part?.kind === 'parameter' && !run.facts.isAssigned(part.name) && LOGIN.has(part.name))
        piece += `"$${part.name}"`;
      else return undefined;
    }
    pieces.push(piece);
  }
  return pieces.join(' ');
}

/** Variables whose value is a plain word of the login's own, the same in the inner shell. */
const LOGIN: ReadonlySet<string> = new Set(['HOME', 'USER', 'LOGNAME', 'HOSTNAME', 'UID', 'EUID']);

function arithmeticOf({ isConstant, text, word }: Argument): ArithmeticUse {
  const names: string[] = [];
  let isOpaque = word === undefined && !isConstant;
  for (const part of word?.parts ?? ([{ kind: 'literal', text }] as const)) {
    if (part.kind === 'literal') {
      isOpaque ||= /[$`\\]/.test(part.text);
      names.push(...(part.text.match(/(?<![\w#@.])[A-Za-z_]\w*/g) ?? []));
    } else if (part.kind === 'parameter' && /^[A-Za-z_]/.test(part.name)) names.push(part.name);
    else if (part.kind !== 'number' && !(part.kind === 'parameter' && '?#$!'.includes(part.name)))
      isOpaque = true;
  }
  return { names, isOpaque };
}
