import { inspectShell } from '@sallyport/shell-inspect';
import type { StatementAsk } from '../../stages/classify/statement-ask.ts';
import { guardRefusal } from './guard-refusal.ts';

export type LineReading =
  /** It is to be decided on. */
  | { readonly kind: 'statement'; readonly ask: StatementAsk }
  /** The shell would ask for the rest of it. Whatever this says of a text, none of it runs. */
  | { readonly kind: 'incomplete' }
  /** Nothing but comments. */
  | { readonly kind: 'nothing' };

const KIND = 'ssh.shell.line';
const UNKNOWN = [{ action: 'ssh.unknown', objects: [], readOnly: false }] as const;

/** What the reader says of a text that more lines could complete. */
const INCOMPLETE =
  /is not closed$|^a here-document has no text$|^the text ends with a backslash$|^a loop without a list$/;
/** These words are missing at the end of a text, or in the middle of it. */
const MISSING = /^a (?:command|word) is missing$/;
const GOES_ON = /(?:\||&&|\(|\{|\)|\b(?:do|then|else|elif|if|while|until|in))\s*$/;

/** Reads a line as bash evaluates it. Null: it is no text. Never throws. */
export function classifyLine(text: string | null, maxBytes: number): LineReading {
  const common = { kind: KIND, exactText: text ?? '', context: ['tty'] };
  if (text === null) {
    return refused({ ...common, text: '' }, 'statement_not_understood', 'The line is not valid text.');
  }
  if (Buffer.byteLength(text) > maxBytes) {
    return refused(
      { ...common, text: '' },
      'statement_too_large',
      `A line has at most ${maxBytes} bytes here.`,
    );
  }
  const inspection = inspectShell(text, { dialect: 'bash', hasTerminal: true });
  if (!inspection.ok) {
    const { reason, message, redactedText } = inspection;
    if (reason === 'syntax' && isIncomplete(message, text)) return { kind: 'incomplete' };
    return refused(
      { ...common, text: redactedText },
      'statement_not_understood',
      `The line cannot be read: ${message}.`,
    );
  }
  const { commands, effects, unknowns, redactedText } = inspection;
  if (effects.length === 0) return { kind: 'nothing' };
  const fields = {
    tty: true,
    commands: commands.map(({ canonical }) => canonical),
    argv: commands.map(({ argv }) => [...argv]),
    ...(unknowns.length === 0 ? {} : { unknowns: [...unknowns] }),
  };
  const ask = { ...common, text: redactedText, effects, fields };
  const guard = guardRefusal(text, commands);
  if (guard === null) return { kind: 'statement', ask };
  const message = `A guarded shell does not do that: ${guard}.`;
  return { kind: 'statement', ask: { ...ask, refusal: { code: 'feature_not_supported', message } } };
}

function isIncomplete(message: string, text: string): boolean {
  return INCOMPLETE.test(message) || (MISSING.test(message) && GOES_ON.test(text));
}

function refused(
  common: Pick<StatementAsk, 'kind' | 'exactText' | 'context' | 'text'>,
  code: 'statement_not_understood' | 'statement_too_large',
  message: string,
): LineReading {
  return {
    kind: 'statement',
    ask: { ...common, effects: UNKNOWN, fields: { tty: true }, refusal: { code, message } },
  };
}
