import { HIDDEN_CHARACTER, REDACTED_TEXT, type ColumnMask } from '../column-mask.ts';
import { graphemes, isAscii } from '../graphemes.ts';
import { splitEmail } from './split-email.ts';
import { visibleCount } from './visible-count.ts';

/** Digits with the separators of card, phone and social security numbers. */
const NUMBER_LIKE = /^[+(]?[0-9][0-9 ()./+-]*$/;
const HIDDEN_PART = HIDDEN_CHARACTER.repeat(3);

/**
 * Keeps the last characters and hides each other one with `*`:
 * `4111 1111 1111 1111` becomes `**** **** **** 1111`. The separators of a
 * number stay. An e-mail address keeps its first letter, the domain's first
 * letter and the top-level domain, `a***@e***.com`, whatever `keep` says: its last
 * characters would be the domain, which tells who it is.
 */
export function partialText(text: string, mask: ColumnMask): string {
  if (text === '') return REDACTED_TEXT;
  const email = splitEmail(text);
  if (email !== null) return partialEmail(email.local, email.domain);
  if (NUMBER_LIKE.test(text)) return partialDigits(text, mask);
  if (isAscii(text)) {
    const visible = visibleCount(text.length, mask);
    return HIDDEN_CHARACTER.repeat(text.length - visible) + text.slice(text.length - visible);
  }
  const characters = graphemes(text);
  const hidden = characters.length - visibleCount(characters.length, mask);
  return HIDDEN_CHARACTER.repeat(hidden) + characters.slice(hidden).join('');
}

function partialDigits(text: string, mask: ColumnMask): string {
  const digits = countDigits(text);
  let hidden = digits - visibleCount(digits, mask);
  return text.replace(/[0-9]/g, (digit) => {
    hidden -= 1;
    return hidden >= 0 ? HIDDEN_CHARACTER : digit;
  });
}

/** How many of the characters 0 to 9 a text has. */
export function countDigits(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) count += 1;
  }
  return count;
}

function partialEmail(local: string, domain: string): string {
  const dot = domain.lastIndexOf('.');
  return `${firstOf(local)}@${firstOf(domain.slice(0, dot))}${domain.slice(dot)}`;
}

/** The first character of a part long enough that it says little. */
function firstOf(part: string): string {
  const characters = graphemes(part.slice(0, 64));
  return characters.length < 3 ? HIDDEN_PART : (characters[0] ?? '') + HIDDEN_PART;
}
