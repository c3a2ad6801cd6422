import { REDACTED_TEXT } from '../column-mask.ts';
import { graphemes, isAscii } from '../graphemes.ts';
import { DigestStream } from '../keyed/digest-stream.ts';
import { keyedHash, type KeyedHash } from '../keyed/keyed-hash.ts';
import { permute } from './feistel.ts';

/** Beyond this many changeable characters each is drawn on its own: a permutation over big integers is quadratic. */
const PERMUTED_CHARACTERS = 40;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';

/** One character of a value: which alphabet it is of, or which character it stays. */
type Slot = { readonly alphabet: string; readonly index: number } | { readonly fixed: string };

/**
 * A token of the same form: a digit stays a digit, an upper-case letter an
 * upper-case letter, ASCII punctuation and spaces stay, letters of other
 * scripts become ASCII ones, any other character `*`. Deterministic under one key, and never
 * the value itself.
 *
 * For ASCII with up to 40 letters and digits it is a keyed permutation of all values of that
 * form (a Feistel network as in NIST SP 800-38G, with HMAC-SHA-256 as its
 * round function), so two values do not share a token, but for the about one
 * value in each form that the permutation would leave as it is. Formats with fewer than a
 * million values (NIST's bound) can be guessed by whoever can have values of
 * their own tokenized.
 */
export function tokenizeText(text: string, key: Uint8Array): string {
  const slots = graphemes(text).map(slotOf);
  const radices = slots.flatMap((slot) => ('alphabet' in slot ? [slot.alphabet.length] : []));
  if (radices.length === 0) return REDACTED_TEXT;
  const hash = keyedHash(key);
  const permutable = radices.length <= PERMUTED_CHARACTERS && isAscii(text);
  const token = permutable ? permutedToken(slots, radices, hash) : drawnToken(text, slots, hash);
  return token === text ? REDACTED_TEXT : token;
}

function permutedToken(slots: readonly Slot[], radices: readonly number[], hash: KeyedHash): string {
  const form = slots.map((slot) => ('alphabet' in slot ? alphabetName(slot.alphabet) : slot.fixed)).join('');
  const values = slots.flatMap((slot) => ('alphabet' in slot ? [slot.index] : []));
  const token = permute(values, radices, hash, form);
  let next = 0;
  return write(slots, () => {
    next += 1;
    return token[next - 1] ?? 0;
  });
}

function drawnToken(text: string, slots: readonly Slot[], hash: KeyedHash): string {
  const stream = new DigestStream(hash, 'tokenize', text);
  return write(slots, (radix) => stream.below(radix));
}

function write(slots: readonly Slot[], indexOf: (radix: number) => number): string {
  return slots
    .map((slot) => ('alphabet' in slot ? slot.alphabet.charAt(indexOf(slot.alphabet.length)) : slot.fixed))
    .join('');
}

function slotOf(character: string): Slot {
  const digit = DIGITS.indexOf(character);
  if (digit >= 0) return { alphabet: DIGITS, index: digit };
  const lower = LOWER.indexOf(character);
  if (lower >= 0) return { alphabet: LOWER, index: lower };
  const upper = UPPER.indexOf(character);
  if (upper >= 0) return { alphabet: UPPER, index: upper };
  if (character.length === 1 && character.charCodeAt(0) <= 0x7f) return { fixed: character };
  return foreignSlot(character);
}

/** Only the class of a character outside ASCII counts: such a text is not permuted. */
function foreignSlot(character: string): Slot {
  if (/^\p{Nd}/u.test(character)) return { alphabet: DIGITS, index: 0 };
  if (/^\p{Lu}/u.test(character)) return { alphabet: UPPER, index: 0 };
  if (/^\p{L}/u.test(character)) return { alphabet: LOWER, index: 0 };
  return { fixed: '*' };
}

function alphabetName(alphabet: string): string {
  return alphabet === DIGITS ? '0' : alphabet === LOWER ? 'a' : 'A';
}
