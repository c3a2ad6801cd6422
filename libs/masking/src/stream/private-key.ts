import { PEM_DASHES, PEM_END, PEM_START, isPrivateKeyLabel, LONGEST_LABEL } from '../detect/credential.ts';

/**
 * Private keys in a text without end. Where a value has a last character, a
 * key that is cut off goes up to it; a stream goes on with something else (a prompt), so here
 * such a key ends with the last line that looks like one of a key's.
 */

/** Of base64, of its escapes in JSON, and what programs put in front of lines. */
const NOT_OF_A_KEY = /[^A-Za-z0-9+/=\s\\>|:,-]/g;
/** RFC 1421 and OpenPGP: what may stand between the first line and the key. */
const HEADER_LINE = /^[ \t>|+]*[A-Za-z][A-Za-z0-9-]{1,30}: /;
/** Shorter pieces of a line in front of something else are no line of a key. */
const SHORTEST_LINE = 32;

interface Block {
  readonly end: number;
  /** More text can make it longer. */
  readonly open: boolean;
}

/** Reports every block, and what there is of one that is cut off. */
export function findPrivateKeys(text: string, report: (start: number, end: number) => void): void {
  for (let at = text.indexOf(PEM_START); at >= 0;) {
    const block = blockAt(text, at);
    if (block === null) at = text.indexOf(PEM_START, at + PEM_START.length);
    else {
      if (!block.open || isPrivateKeyLabel(text, at)) report(at, block.end);
      at = text.indexOf(PEM_START, Math.max(block.end, at + PEM_START.length));
    }
  }
}

/** Where a block starts that more text can make longer; -1: nowhere. */
export function openBlockAt(text: string): number {
  for (let at = text.indexOf(PEM_START); at >= 0;) {
    const block = blockAt(text, at);
    if (block?.open === true) return at;
    at = text.indexOf(PEM_START, Math.max(block?.end ?? 0, at + PEM_START.length));
  }
  return -1;
}

/** The block whose first line starts at `start`; null: it is none of a private key. */
function blockAt(text: string, start: number): Block | null {
  const labelStart = start + PEM_START.length;
  if (!isPrivateKeyLabel(text, start)) {
    const label = text.slice(labelStart, labelStart + LONGEST_LABEL);
    const cutOff =
      label.length < LONGEST_LABEL && /^[A-Z0-9 ]*-{0,5}$/.test(label) && !label.endsWith(PEM_DASHES);
    return cutOff ? { end: text.length, open: true } : null;
  }
  const body = text.indexOf(PEM_DASHES, labelStart) + PEM_DASHES.length;
  const stop = bodyEnd(text, body);
  const end = text.indexOf(PEM_END, body);
  if (end < 0 || end > stop) return { end: stop, open: stop === text.length };
  const close = text.indexOf(PEM_DASHES, end + PEM_END.length);
  if (close >= 0 && close <= end + PEM_END.length + LONGEST_LABEL)
    return { end: close + PEM_DASHES.length, open: false };
  return { end: stop, open: stop === text.length };
}

/** Where what looks like a key's lines ends. */
function bodyEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    NOT_OF_A_KEY.lastIndex = at;
    const stop = NOT_OF_A_KEY.exec(text)?.index ?? text.length;
    if (stop === text.length) return stop;
    const line = Math.max(from, text.lastIndexOf('\n', stop) + 1);
    if (!HEADER_LINE.test(text.slice(line, line + LONGEST_LABEL)))
      return stop - line < SHORTEST_LINE ? line : stop;
    const next = text.indexOf('\n', stop);
    if (next < 0) return text.length;
    at = next;
  }
}
