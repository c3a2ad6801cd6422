import { parseShell } from '../syntax/parse-shell.ts';
import { fail } from '../syntax/shell-syntax-error.ts';
import type { Assignment, ShellScript, SimpleCommand, Word } from '../syntax/script.ts';
import type { ShellDialect } from '../model/inspection.ts';
import { redactShellText } from '../redact/redact-text.ts';
import { isSecretName } from '../redact/secrets.ts';
import { argumentOf, type Argument } from '../words/argument.ts';
import { commandVariants } from '../words/command-variants.ts';
import { inspectCommand } from './inspect-command.ts';
import type { InspectionRun, Place } from './inspection-run.ts';

/** Adds what a script would do. */
export function inspectScript(run: InspectionRun, script: ShellScript, place: Place): void {
  for (const doubt of script.doubts) run.unknown(doubt);
  for (const name of script.functions) run.functions.add(name);
  for (const use of script.arithmetic) run.arithmetic.push(use);
  for (const assignment of script.assignments) addFact(run, assignment, true);
  for (const { assignments } of script.commands) for (const each of assignments) addFact(run, each, false);
  for (const command of script.commands) inspectSimple(run, command, place);
  for (const condition of script.conditions)
    run.condition(`[[ ${redactShellText(condition, run.secrets)} ]]`);
  for (const { mode, target, assigned } of script.redirects) {
    if (isProcess(target)) continue;
    for (const path of argumentsOf(run, [target], assigned, place).flat()) {
      const file = { ...path, text: literalText(path) };
      if (mode !== 'write') run.path('read', file);
      if (mode !== 'read') run.path('write', file);
    }
  }
}

/** `< <(command)`: no file, and the command counts on its own. */
function isProcess({ parts: [part], source }: Word): boolean {
  return part?.kind === 'opaque' && part.source === source && /^[<>]\(/.test(source);
}

/** A pattern is no pattern to most shells here. */
function literalText({ word, text }: Argument): string {
  return word === undefined ? text : (literalOf(word) ?? text);
}

/** The text of a word without expansions, patterns as they stand; undefined for any other. */
function literalOf({ parts }: Word): string | undefined {
  let text = '';
  for (const part of parts) {
    if (part.kind !== 'literal') return undefined;
    text += part.text;
  }
  return text;
}

/** Adds what a text inside a command would do; what cannot be read is unknown. */
export function inspectText(run: InspectionRun, text: string, dialect: ShellDialect, place: Place): void {
  const inner = run.deeper(place, dialect);
  const parsed = parseShell(text, { dialect, isInteractive: false, depth: inner.depth });
  if (parsed.ok) inspectScript(run, parsed.script, inner);
  else if (parsed.reason === 'too-complex') fail(parsed.message, 'too-complex');
  else run.unknown('a shell text that cannot be read');
}

/** What the variable may be from here on. A loop's word is matched with file names, an assignment's is not. */
function addFact(run: InspectionRun, { name, value }: Assignment, isLoop: boolean): void {
  const argument = value === undefined ? undefined : argumentOf(value, run.facts);
  if (value === undefined) run.facts.setArray(name);
  const isNumber = value?.parts.every((part) => part.kind === 'number') === true;
  if (isNumber) run.facts.assignNumber(name);
  else run.assign(name, argument?.isConstant === true ? argument.text : unmatched(value, isLoop));
  if (argument?.isConstant === true && isSecretName(name)) run.secrets.add(argument.text);
}

/** What an assignment makes of a pattern: it stays as it is, but for a tilde. */
function unmatched(value: Word | undefined, isLoop: boolean): string | undefined {
  return value === undefined || isLoop || /^~|:~/.test(value.source) ? undefined : literalOf(value);
}

function inspectSimple(
  run: InspectionRun,
  { assignments, words, assigned }: SimpleCommand,
  place: Place,
): void {
  const [first] = words;
  for (const { name } of assignments) {
    // `IFS= read -r x` changes nothing but how this line is split.
    if (name === 'IFS' && (first === undefined || first.source === 'read')) continue;
    // A variable of the shell alone is nobody else's, unless it was exported before: those have capitals.
    if (first !== undefined || /^[A-Z]/.test(name)) run.variable(name);
  }
  if (first === undefined) return;
  for (const args of argumentsOf(run, words, assigned, place)) inspectCommand(run, args, place);
}

function argumentsOf(
  run: InspectionRun,
  words: readonly Word[],
  assigned: ReadonlySet<string>,
  { dialect }: Place,
): Argument[][] {
  const mayBePosix = dialect !== 'bash' && dialect !== 'zsh';
  const { variants, isCut } = commandVariants(words, run.facts, { assigned, mayBePosix });
  if (isCut) run.unknown('a command with too many meanings');
  return variants.map((variant) => variant.map((word) => argumentOf(word, run.facts)));
}
