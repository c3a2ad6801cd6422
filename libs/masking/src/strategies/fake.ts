import { DigestStream } from '../keyed/digest-stream.ts';
import { keyedHash } from '../keyed/keyed-hash.ts';
import { luhnCheckDigit, passesLuhn } from '../luhn.ts';
import { FIRST_NAMES, LAST_NAMES, MAIL_DOMAINS, WORDS } from './fake-words.ts';
import { splitEmail } from './split-email.ts';
import { tokenizeText } from './tokenize.ts';

const MOST_WORDS = 12;

/**
 * A plausible value of the same sort, the same for the same value and key:
 * an address for an e-mail, a card number that passes Luhn for a card, a name
 * for a name, words for words. Addresses and phone numbers are from the ranges reserved for
 * documentation and fiction, cards from a test range, so that no fake is somebody's. What
 * is of no known sort is tokenized.
 */
export function fakeText(text: string, key: Uint8Array): string {
  const fake = drawFake(text, key);
  return fake === text ? tokenizeText(text, key) : fake;
}

function drawFake(text: string, key: Uint8Array): string {
  const stream = new DigestStream(keyedHash(key), 'fake', text);
  if (splitEmail(text) !== null) return fakeEmail(stream);
  if (/^[0-9][0-9 -]*$/.test(text)) return fakeNumber(text, key, stream);
  if (/^[+(][0-9][0-9 ().-]*$/.test(text)) return `+1 202-555-01${twoDigits(stream)}`;
  if (/^\p{Lu}[\p{Ll}\p{M}'-]+ \p{Lu}[\p{Ll}\p{M}'-]+$/u.test(text)) return fakeName(stream);
  if (/^[\p{L}\p{M}][\p{L}\p{M}\p{P}\s]*$/u.test(text)) return fakeWords(text, stream);
  return tokenizeText(text, key);
}

function fakeEmail(stream: DigestStream): string {
  const first = stream.pick(FIRST_NAMES).toLowerCase();
  const last = stream.pick(LAST_NAMES).toLowerCase();
  return `${first}.${last}${String(stream.below(1000))}@${stream.pick(MAIL_DOMAINS)}`;
}

function fakeName(stream: DigestStream): string {
  return `${stream.pick(FIRST_NAMES)} ${stream.pick(LAST_NAMES)}`;
}

function fakeWords(text: string, stream: DigestStream): string {
  const count = Math.min(text.split(/\s+/).length, MOST_WORDS);
  const words = Array.from({ length: count }, () => stream.pick(WORDS)).join(' ');
  return /^\p{Lu}/u.test(text) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
}

function fakeNumber(text: string, key: Uint8Array, stream: DigestStream): string {
  if (/^[0-9]{3}-[0-9]{2}-[0-9]{4}$/.test(text)) return fakeSocialSecurityNumber(stream);
  const digits = text.replace(/[^0-9]/g, '');
  if (digits.length >= 13 && digits.length <= 19 && passesLuhn(digits))
    return withDigits(text, fakeCard(digits, stream));
  return tokenizeText(text, key);
}

/** Area 9xx with group 00 is never issued, neither as SSN nor as ITIN. */
function fakeSocialSecurityNumber(stream: DigestStream): string {
  const serial = 1 + stream.below(9999);
  return `9${twoDigits(stream)}-00-${String(serial).padStart(4, '0')}`;
}

/** 400000 is the range that payment processors give out test cards from. */
function fakeCard(digits: string, stream: DigestStream): string {
  let body = '400000';
  while (body.length < digits.length - 1) body += String(stream.below(10));
  return body + luhnCheckDigit(body);
}

function twoDigits(stream: DigestStream): string {
  return String(stream.below(100)).padStart(2, '0');
}

/** `text` with its digits replaced by `digits`, one by one. */
function withDigits(text: string, digits: string): string {
  let next = 0;
  return text.replace(/[0-9]/g, () => {
    next += 1;
    return digits.charAt(next - 1);
  });
}
