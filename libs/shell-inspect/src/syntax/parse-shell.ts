import { Buffer } from 'node:buffer';
import type { ShellDialect, ShellFailure } from '../model/inspection.ts';
import { readWholeText } from './read-list.ts';
import type { ShellScript } from './script.ts';
import { ShellReader } from './shell-reader.ts';
import { ShellSyntaxError } from './shell-syntax-error.ts';

/** Longest text inspected, in bytes: what Linux takes as one argument of a program, so no longer one could run. */
export const MAX_SHELL_BYTES = 128 * 1024;

type ShellParse =
  | { readonly ok: true; readonly script: ShellScript }
  | { readonly ok: false; readonly reason: ShellFailure; readonly message: string };

/**
 * Characters that no honest text holds and that make a reader see something else than the shell: controls but tab and
 * newline, marks of writing direction, characters without width.
 */
const CONTROL = /[^\P{Cc}\t\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

/** In GBK, Big5 and the like the second byte of a character may look like one of these: the locale decides. */
const LOCALE_DEPENDENT = /[^\0-\x7f][\\`|{}]/;

/** Words of plain characters, which all shells read alike. */
const PLAIN_TEXT = /^[\w+:,./ -]*$/;

interface ParseOptions {
  readonly dialect: ShellDialect;
  readonly isInteractive: boolean;
  /** How many texts this one is inside of. */
  readonly depth: number;
}

/** Reads a text as the shells would, or not at all. Never throws for a bad text. */
export function parseShell(text: string, { dialect, isInteractive, depth }: ParseOptions): ShellParse {
  const refusal = checkCharacters(text);
  if (refusal !== undefined) return refusal;
  try {
    const reader = new ShellReader(text, dialect, isInteractive, depth);
    if (LOCALE_DEPENDENT.test(text)) reader.doubt('characters that depend on the locale');
    if (dialect === 'other' && !PLAIN_TEXT.test(text)) reader.doubt('a shell that reads text differently');
    if (isInteractive && /^\s*\^/m.test(text)) reader.doubt('history substitution');
    readWholeText(reader);
    return { ok: true, script: reader.script };
  } catch (error) {
    if (error instanceof ShellSyntaxError) return { ok: false, reason: error.reason, message: error.message };
    // The stack: a bound on depth should have come first.
    if (error instanceof RangeError)
      return { ok: false, reason: 'too-complex', message: 'the text is too complex' };
    throw error;
  }
}

function checkCharacters(text: string): ShellParse | undefined {
  if (text.length > MAX_SHELL_BYTES || Buffer.byteLength(text) > MAX_SHELL_BYTES) {
    return { ok: false, reason: 'too-large', message: `the text is longer than ${MAX_SHELL_BYTES} bytes` };
  }
  if (!text.isWellFormed())
    return { ok: false, reason: 'not-utf8', message: 'the text is not valid Unicode' };
  if (CONTROL.test(text)) {
    return { ok: false, reason: 'control-character', message: 'the text holds a control character' };
  }
  return undefined;
}
