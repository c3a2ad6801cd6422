/** Classes of UTF-16 code units, as the scanners of this folder need them. */

/** 0 to 9. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** A to Z and a to z. */
export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** An ASCII letter or digit. */
export function isAlphanumeric(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

/** A hexadecimal digit. */
export function isHex(code: number): boolean {
  const lower = code | 0x20;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
}

const NO_BREAK_SPACE = 0xa0;
const FIRST_GENERAL_PUNCTUATION = 0x2000;
const LAST_GENERAL_PUNCTUATION = 0x206f;
const IDEOGRAPHIC_SPACE = 0x3000;

/** A space, hyphen or dash that people write between the groups of a number, also outside ASCII. */
export function isGroupSeparator(code: number): boolean {
  return code === 0x20 || code === 0x2d || code === NO_BREAK_SPACE || isUnicodeSpaceOrDash(code);
}

/** U+2000 to U+2015 (spaces, joiners, hyphens and dashes) and the narrow no-break space. */
function isUnicodeSpaceOrDash(code: number): boolean {
  return (code >= FIRST_GENERAL_PUNCTUATION && code <= 0x2015) || code === 0x202f || code === 0x2212;
}

/** A character outside ASCII that is part of a word, as far as a scanner needs to know: no space, no punctuation. */
export function isForeignWord(code: number): boolean {
  if (code < 0xa1) return false;
  if (code >= FIRST_GENERAL_PUNCTUATION && code <= LAST_GENERAL_PUNCTUATION) return false;
  return !(code >= IDEOGRAPHIC_SPACE && code <= 0x303f) && !(code >= 0xff00 && code <= 0xff0f);
}
