import { countrySpecs, isValidIBAN } from 'ibantools';
import { DIGITS } from './byte-prefilter.ts';
import type { Detector } from './detector.ts';
import { isAlphanumeric, isDigit, isGroupSeparator, isLetter } from './characters.ts';

const SHORTEST = 15;

/** How many characters the IBANs of each country have (ISO 13616 registry). */
export const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries(countrySpecs).flatMap(([country, spec]) =>
    spec.chars === undefined ? [] : [[country, spec.chars]],
  ),
);

/**
 * International bank account numbers: a country of the registry, its length,
 * the form of its account numbers, and the check digits (mod 97). In either
 * case, together or with one space, hyphen or dash between characters.
 */
export const ibanDetector: Detector = {
  name: 'iban',
  hints: DIGITS,
  find(text, report) {
    for (let i = 0; i + SHORTEST <= text.length; i += 1) {
      if (!isStart(text, i)) continue;
      const end = ibanEnd(text, i);
      if (end === null) continue;
      report(i, end);
      i = end - 1;
    }
  },
  mightContain(bytes) {
    // Two letters and two digits, the second of which every second probe meets or the first does.
    for (let i = 2; i < bytes.length; i += 2) {
      if (isDigitAt(bytes, i) && (startsAt(bytes, i - 2) || startsAt(bytes, i - 3))) return true;
    }
    return false;
  },
};

function isDigitAt(bytes: Uint8Array, at: number): boolean {
  return isDigit(bytes[at] ?? 0);
}

function startsAt(bytes: Uint8Array, at: number): boolean {
  return (
    isLetter(bytes[at] ?? 0) &&
    isLetter(bytes[at + 1] ?? 0) &&
    isDigitAt(bytes, at + 2) &&
    isDigitAt(bytes, at + 3)
  );
}

function isStart(text: string, at: number): boolean {
  return (
    isDigit(text.charCodeAt(at + 2)) &&
    isDigit(text.charCodeAt(at + 3)) &&
    isLetter(text.charCodeAt(at)) &&
    isLetter(text.charCodeAt(at + 1)) &&
    !isAlphanumeric(text.charCodeAt(at - 1))
  );
}

/** Where the IBAN that starts here ends; null if it is none. */
function ibanEnd(text: string, start: number): number | null {
  const length = IBAN_LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return null;
  let compact = '';
  let at = start;
  while (compact.length < length) {
    const code = text.charCodeAt(at);
    if (isAlphanumeric(code)) compact += text.charAt(at).toUpperCase();
    else if (!isGroupSeparator(code) || !isAlphanumeric(text.charCodeAt(at + 1))) return null;
    at += 1;
  }
  return isAlphanumeric(text.charCodeAt(at)) || !isValidIBAN(compact) ? null : at;
}
