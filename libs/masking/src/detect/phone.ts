import { DIGITS, hasDigitRun } from './byte-prefilter.ts';
import { isAlphanumeric, isDigit, isGroupSeparator } from './characters.ts';
import type { Detector } from './detector.ts';
import { isPossibleNumber } from './phone-plan.ts';

const FEWEST_DIGITS = 7;
const MOST_DIGITS = 15;
const MOST_BETWEEN = 2;
const PLUS = 0x2b;

/**
 * Telephone numbers: international ones (`+` or its percent-encoding, then a
 * country calling code and as many digits as its numbers have), and those of
 * the North American plan written in groups, `(202) 555-0143` or `202-555-0143`. Other
 * national numbers look like any number, so they are not found.
 */
export const phoneDetector: Detector = {
  name: 'phone',
  hints: DIGITS,
  find(text, report) {
    for (let i = 0; i < text.length; i += 1) {
      const end = numberEnd(text, i);
      if (end === null) continue;
      report(i, end);
      i = end - 1;
    }
  },
  mightContain(bytes) {
    return hasDigitRun(bytes, FEWEST_DIGITS);
  },
};

function numberEnd(text: string, at: number): number | null {
  const code = text.charCodeAt(at);
  if (code === PLUS) return isAlphanumeric(text.charCodeAt(at - 1)) ? null : internationalEnd(text, at + 1);
  if (code === 0x25) return /^%2b/i.test(text.slice(at, at + 3)) ? internationalEnd(text, at + 3) : null;
  if (code === 0x28 || isDigit(code))
    return isAlphanumeric(text.charCodeAt(at - 1)) ? null : northAmericanEnd(text, at);
  return null;
}

/** Where the number whose country calling code starts at `from` ends: the longest possible one. */
function internationalEnd(text: string, from: number): number | null {
  let digits = '';
  let between = 0;
  let found: number | null = null;
  for (let at = from; at < text.length && digits.length <= MOST_DIGITS; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += text.charAt(at);
      between = 0;
      if (isDigit(text.charCodeAt(at + 1))) continue;
      if (digits.length >= FEWEST_DIGITS && digits.length <= MOST_DIGITS && isPossibleNumber(digits))
        found = at + 1;
    } else {
      between += 1;
      if (between > MOST_BETWEEN || !isBetween(code)) break;
    }
  }
  return found;
}

function isBetween(code: number): boolean {
  return isGroupSeparator(code) || code === 0x28 || code === 0x29 || code === 0x2e || code === 0x2f;
}

const NORTH_AMERICAN =
  /^(?:1[ .-])?(?:\(([2-9][0-8][0-9])\) ?|([2-9][0-8][0-9])([ .-]))([2-9][0-9]{2})([ .-])[0-9]{4}(?![0-9A-Za-z]|[.-][0-9])/;
const LONGEST_NORTH_AMERICAN = 20;

/** Both separators of one number are the same, unless the area code is in parentheses. */
function northAmericanEnd(text: string, at: number): number | null {
  const match = NORTH_AMERICAN.exec(text.slice(at, at + LONGEST_NORTH_AMERICAN));
  if (match === null) return null;
  const [number, , , first, , second] = match;
  if (first !== undefined && first !== second) return null;
  const before = text.charCodeAt(at - 1);
  const isLonger = (before === 0x2d || before === 0x2e) && isDigit(text.charCodeAt(at - 2));
  return isLonger ? null : at + number.length;
}
