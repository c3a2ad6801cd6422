import type { ShellInspection, ShellOptions } from './model/inspection.ts';
import { InspectionRun, type Place } from './inspect/inspection-run.ts';
import { inspectScript } from './inspect/inspect-script.ts';
import { redactShellText } from './redact/redact-text.ts';
import { parseShell } from './syntax/parse-shell.ts';
import type { ShellScript } from './syntax/script.ts';
import { ShellSyntaxError } from './syntax/shell-syntax-error.ts';
import { VariableFacts } from './words/variable-facts.ts';

/** How often a text is looked at again because a text in it told more of its variables. */
const MAX_ROUNDS = 4;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * What a shell program would do: every command of it, whichever branch it is in. Never throws; what cannot be read
 * for sure is `ok: false` and must not run.
 */
export function inspectShell(text: string | Uint8Array, options: ShellOptions = {}): ShellInspection {
  const decoded = typeof text === 'string' ? text : decode(text);
  if (decoded === undefined) {
    return { ok: false, reason: 'not-utf8', message: 'the text is not valid Unicode', redactedText: '' };
  }
  const { dialect = 'any', interactive = false, hasTerminal = true } = options;
  const parsed = parseShell(decoded, { dialect, isInteractive: interactive, depth: 0 });
  if (!parsed.ok) return { ...parsed, redactedText: redactShellText(decoded) };
  try {
    return inspectParsed(decoded, parsed.script, { dialect, depth: 0 }, hasTerminal);
  } catch (error) {
    const isTooDeep = error instanceof RangeError;
    if (!isTooDeep && !(error instanceof ShellSyntaxError)) throw error;
    const { reason, message } = isTooDeep ? TOO_DEEP : error;
    return { ok: false, reason, message, redactedText: redactShellText(decoded) };
  }
}

const TOO_DEEP = { reason: 'too-complex', message: 'the text is too complex' } as const;

function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    // Not readable is the answer.
    return undefined;
  }
}

function inspectParsed(
  text: string,
  script: ShellScript,
  place: Place,
  hasTerminal: boolean,
): ShellInspection {
  const facts = new VariableFacts();
  for (let round = 1; ; round++) {
    const run = new InspectionRun(facts, hasTerminal);
    const { version } = facts;
    inspectScript(run, script, place);
    if (facts.version !== version && round < MAX_ROUNDS) continue;
    if (facts.version !== version) run.unknown('variables that are not told');
    checkArithmetic(run);
    // A text that only computes does what `:` does.
    if (run.effects.length === 0) run.condition(':');
    return {
      ok: true,
      effects: run.effects,
      commands: run.commands,
      unknowns: [...run.unknowns],
      readOnly: run.effects.every(({ readOnly }) => readOnly),
      redactedText: redactShellText(text, run.secrets),
    };
  }
}

/** Arithmetic evaluates the values of variables, which may hold substitutions. */
function checkArithmetic(run: InspectionRun): void {
  const isSafe = run.arithmetic.every(
    ({ names, isOpaque }) => !isOpaque && names.every((name) => run.facts.isSafeNumber(name)),
  );
  if (!isSafe) run.unknown('arithmetic over values that are not told');
}
