import type { Buffer } from 'node:buffer';

/** One escape sequence (ECMA-48, and what xterm adds). */
export interface EscapeSequence {
  /** Behind its last byte. */
  readonly end: number;
  /** `move`: the cursor goes somewhere else. `string`: carries a text of its own, such as a title. */
  readonly kind: 'style' | 'move' | 'string' | 'cut-off';
}

export const ESCAPE = 0x1b;
const BELL = 0x07;
const CANCEL = 0x18;
const SUBSTITUTE = 0x1a;
const BACKSLASH = 0x5c;
const LONGEST_CONTROL = 128;
/** What a string sequence has beyond is read as text, so that nothing can hide behind it. */
const LONGEST_STRING = 4096;

const MOVES = codes('ABCDEFGHIJLMPSTXZ@`adefsu');
const SHORT_MOVES = codes('78DEHMc');
const STRINGS = codes(']PX^_');

/** The sequence at `at`; null: the byte is no start of one. Without a terminal, only control sequences ("CSI") are. */
export function escapeSequenceAt(bytes: Buffer, at: number, terminal: boolean): EscapeSequence | null {
  const second = bytes[at + 1];
  if (second === undefined) return { end: bytes.length, kind: 'cut-off' };
  if (second === 0x5b) return controlSequence(bytes, at);
  if (!terminal) return null;
  return STRINGS.has(second) ? stringSequence(bytes, at) : shortSequence(bytes, at);
}

function controlSequence(bytes: Buffer, at: number): EscapeSequence {
  for (let i = at + 2; i < at + LONGEST_CONTROL; i += 1) {
    const byte = bytes[i];
    if (byte === undefined) return { end: bytes.length, kind: 'cut-off' };
    if (byte >= 0x40 && byte <= 0x7e) return { end: i + 1, kind: MOVES.has(byte) ? 'move' : 'style' };
    if (byte < 0x20 || byte > 0x3f) return { end: i, kind: 'move' };
  }
  return { end: at + LONGEST_CONTROL, kind: 'move' };
}

function shortSequence(bytes: Buffer, at: number): EscapeSequence {
  let i = at + 1;
  while (i < at + LONGEST_CONTROL && isBetween(bytes[i])) i += 1;
  const final = bytes[i];
  if (final === undefined) return { end: bytes.length, kind: 'cut-off' };
  if (final < 0x30 || final > 0x7e) return { end: i, kind: 'move' };
  return { end: i + 1, kind: SHORT_MOVES.has(final) ? 'move' : 'style' };
}

function stringSequence(bytes: Buffer, at: number): EscapeSequence {
  for (let i = at + 2; i < at + LONGEST_STRING; i += 1) {
    const byte = bytes[i];
    if (byte === undefined) return { end: bytes.length, kind: 'cut-off' };
    if (byte === BELL || byte === CANCEL || byte === SUBSTITUTE) return { end: i + 1, kind: 'string' };
    if (byte !== ESCAPE) continue;
    if (bytes[i + 1] === undefined) return { end: bytes.length, kind: 'cut-off' };
    return { end: bytes[i + 1] === BACKSLASH ? i + 2 : i, kind: 'string' };
  }
  return { end: at + LONGEST_STRING, kind: 'string' };
}

function isBetween(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x20 && byte <= 0x2f;
}

function codes(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}
