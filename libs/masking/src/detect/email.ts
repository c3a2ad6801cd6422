import { isAlphanumeric, isDigit, isForeignWord } from './characters.ts';
import { asBuffer, hasAny } from './byte-prefilter.ts';
import type { Detector } from './detector.ts';

/** How `@` is written: itself, percent-encoded (RFC 3986) and as a JSON escape (RFC 8259). */
export const ENCODED_AT = ['%40', '\\u0040'] as const;
const LOCAL_PUNCTUATION = "._%+-'~!#$*";
const BACKSLASH = 0x5c;
const DOT = 0x2e;

/**
 * E-mail addresses: a local part, `@` (also as `%40` or `\u0040`), and a
 * domain of at least two labels whose last is not a number. Local parts and domains may have
 * letters outside ASCII; quoted local parts and address literals are not found.
 */
export const emailDetector: Detector = {
  name: 'email',
  hints: '@%\\',
  find(text, report) {
    let floor = 0;
    for (let at = nextAt(text, 0); at !== null; at = nextAt(text, at.end)) {
      const start = localStart(text, floor, at.start);
      const end = domainEnd(text, at.end);
      if (start < at.start && end > at.end) report(start, end);
      floor = at.end;
    }
  },
  mightContain(bytes) {
    return asBuffer(bytes).includes(0x40) || hasAny(bytes, ENCODED_AT);
  },
};

interface AtSign {
  readonly start: number;
  readonly end: number;
}

function nextAt(text: string, from: number): AtSign | null {
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x40) return { start: i, end: i + 1 };
    if (code !== 0x25 && code !== BACKSLASH) continue;
    const encoded = ENCODED_AT.find((form) => text.startsWith(form, i));
    if (encoded !== undefined) return { start: i, end: i + encoded.length };
  }
  return null;
}

/** Where the local part in front of `at` starts, not before `floor`; `at` if there is none. */
function localStart(text: string, floor: number, at: number): number {
  let start = at;
  while (start > floor && isLocal(text.charCodeAt(start - 1))) start -= 1;
  // The letter of an escape, as in "\nann@example.com", is not of the address.
  if (start > 0 && text.charCodeAt(start - 1) === BACKSLASH && start < at) start += 1;
  while (start < at && !isWord(text.charCodeAt(start))) start += 1;
  return start;
}

/** Where the domain behind `from` ends; `from` if there is no valid one. Labels that cannot be a top-level domain fall off its end. */
function domainEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDomain(text.charCodeAt(end))) end += 1;
  for (let dot = end - 1; dot > from; dot -= 1) {
    if (text.charCodeAt(dot) !== DOT) continue;
    if (isLastLabel(text, dot + 1, end)) return end;
    end = dot;
  }
  return from;
}

function isLastLabel(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  return end - start >= 2 && isWord(first) && !isDigit(first);
}

/** What local parts and labels may start with. */
export function isWord(code: number): boolean {
  return isAlphanumeric(code) || isForeignWord(code) || code === 0x5f;
}

/** What local parts are made of. */
export function isLocal(code: number): boolean {
  return isWord(code) || (code < 0x80 && LOCAL_PUNCTUATION.includes(String.fromCharCode(code)));
}

/** What domains are made of. */
export function isDomain(code: number): boolean {
  return isAlphanumeric(code) || isForeignWord(code) || code === 0x2d || code === DOT;
}
