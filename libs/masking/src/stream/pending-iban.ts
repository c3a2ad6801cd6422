import { isAlphanumeric, isDigit, isGroupSeparator, isLetter } from '../detect/characters.ts';
import { IBAN_LENGTHS } from '../detect/iban.ts';
import type { FindPending } from './pending-start.ts';

/** 34 characters with a separator between each two. */
const LONGEST = 67;
/** Country, check digits and the start of the bank's number. */
const FIRM_CHARACTERS = 8;

/** The characters of one country's account number, as far as they go. */
export const isPendingIban: FindPending = (text) => {
  for (let start = Math.max(0, text.length - LONGEST - 1); start < text.length; start += 1) {
    if (!isLetter(text.charCodeAt(start)) || isAlphanumeric(text.charCodeAt(start - 1))) continue;
    const count = countBegun(text, start);
    if (count > 0) return { start, firm: count >= FIRM_CHARACTERS };
  }
  return null;
};

/** How many letters and digits there are from `start` to the end, if all of an account number's begin; else 0. */
function countBegun(text: string, start: number): number {
  const letters = text.slice(start, start + 2).toUpperCase();
  const length = letters.length === 2 ? IBAN_LENGTHS.get(letters) : Infinity;
  if (length === undefined) return 0;
  let count = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isAlphanumeric(code)) {
      count += 1;
      if (count > length || !isAtPlace(code, count)) return 0;
    } else if (
      count < 4 ||
      count === length ||
      !isGroupSeparator(code) ||
      !isAlphanumeric(text.charCodeAt(at - 1))
    )
      return 0;
  }
  return count;
}

function isAtPlace(code: number, count: number): boolean {
  if (count <= 2) return isLetter(code);
  return count > 4 || isDigit(code);
}
