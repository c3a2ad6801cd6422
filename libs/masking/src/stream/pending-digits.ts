import { isAlphanumeric, isDigit, isGroupSeparator, isHex } from '../detect/characters.ts';
import { runStart, type FindPending, type PendingStart } from './pending-start.ts';

const MOST_CARD_DIGITS = 19;
const MOST_GROUPS = 5;
/** Issuers' numbers have up to eight digits, which tell nobody's card; so many more do not go out. */
const FIRM_CARD_DIGITS = 8;
const LONGEST_GROUPED = 64;
const DOT = 0x2e;
const HYPHEN = 0x2d;

/** Groups of digits at the end of a text with one separator between. */
interface TailGroups {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  /** A separator follows the last one, so that it does not grow. */
  readonly closed: boolean;
}

function tailGroups(text: string): TailGroups {
  const starts: number[] = [];
  const sizes: number[] = [];
  const least = Math.max(0, text.length - LONGEST_GROUPED);
  const closed = isSeparator(text.charCodeAt(text.length - 1));
  let at = closed ? text.length - 1 : text.length;
  while (at > least && isDigit(text.charCodeAt(at - 1))) {
    const end = at;
    while (at > 0 && end - at <= MOST_CARD_DIGITS && isDigit(text.charCodeAt(at - 1))) at -= 1;
    starts.unshift(at);
    sizes.unshift(end - at);
    if (!isSeparator(text.charCodeAt(at - 1))) break;
    at -= 1;
  }
  return { starts, sizes, closed };
}

function isSeparator(code: number): boolean {
  return code === DOT || isGroupSeparator(code);
}

/** Groups that a card's could still become. */
export const isPendingCard: FindPending = (text) => {
  const { starts, sizes, closed } = tailGroups(text);
  for (let first = Math.max(0, starts.length - MOST_GROUPS); first < starts.length; first += 1) {
    const start = starts[first] ?? 0;
    const rest = sizes.slice(first);
    const digits = rest.reduce((sum, size) => sum + size, 0);
    if (digits > MOST_CARD_DIGITS || isHex(text.charCodeAt(start - 1)) || !isCardBegun(rest, closed))
      continue;
    return { start, firm: digits >= FIRM_CARD_DIGITS };
  }
  return null;
};

/** Fours, or 4-6-5; what is last may be cut off, and alone be of any size. */
function isCardBegun(sizes: readonly number[], closed: boolean): boolean {
  const whole = closed ? sizes : sizes.slice(0, -1);
  const open = closed ? 0 : (sizes.at(-1) ?? 0);
  if (whole.length === 0) return true;
  if (whole[0] !== 4) return false;
  if (whole[1] === 6) return whole.length === 2 && open <= 5;
  return (
    whole.every((size) => size === 4) && whole.length < MOST_GROUPS && open <= (whole.length === 1 ? 6 : 4)
  );
}

const SSN_SIZES = [3, 2, 4] as const;

/** The three groups of a social security number, as far as they go. */
export const isPendingSsn: FindPending = (text) => {
  const { starts, sizes, closed } = tailGroups(text);
  for (let first = Math.max(0, starts.length - SSN_SIZES.length); first < starts.length; first += 1) {
    const start = starts[first] ?? 0;
    if (isAlphanumeric(text.charCodeAt(start - 1))) continue;
    const rest = sizes.slice(first);
    const fits = rest.every((size, index) => {
      const most = SSN_SIZES[index] ?? 0;
      return index === rest.length - 1 && !closed ? size <= most : size === most;
    });
    // A space behind the last digit settles it; a hyphen or dot may make it a longer number.
    const settled =
      rest.length === SSN_SIZES.length && closed && !isJoining(text.charCodeAt(text.length - 1));
    if (fits && !settled) return { start, firm: rest.length > 1 };
  }
  return null;
};

function isJoining(code: number): boolean {
  return code === HYPHEN || code === DOT;
}

const LONGEST_PHONE = 48;
const FIRM_PHONE_DIGITS = 6;
const PHONE = /(?:\+|%2b)(?:[0-9]|[ \u00a0\u2000-\u2015\u202f\u2212().\/-]{1,2}(?=[0-9]|$)){0,46}$/i;
const PERCENT = /%2?$/;
const NATIONAL = ['(ddd) dddsdddds', '(ddd)dddsdddds', 'dddsdddsdddds'].flatMap((shape) => [
  shape,
  `ds${shape}`,
]);
const LONGEST_NATIONAL = 18;

/** An international number as far as it goes, or one of the North American forms. */
export const isPendingPhone: FindPending = (text) => {
  const tail = text.slice(-LONGEST_PHONE);
  const found = PHONE.exec(tail) ?? PERCENT.exec(tail);
  const national = pendingNational(text);
  if (found === null) return national;
  const start = text.length - tail.length + found.index;
  const firm = found[0].replaceAll(/\D/g, '').length >= FIRM_PHONE_DIGITS;
  return national === null || start < national.start
    ? { start, firm: firm || national?.firm === true }
    : national;
};

function pendingNational(text: string): PendingStart | null {
  const least = Math.max(0, runStart(text, LONGEST_NATIONAL, isNationalPart));
  for (let start = least; start < text.length; start += 1) {
    const code = text.charCodeAt(start);
    if ((code !== 0x28 && !isDigit(code)) || isAlphanumeric(text.charCodeAt(start - 1))) continue;
    const rest = text.slice(start);
    if (NATIONAL.some((shape) => isBegun(rest, shape)))
      return { start, firm: rest.replaceAll(/\D/g, '').length >= FIRM_PHONE_DIGITS };
  }
  return null;
}

function isNationalPart(code: number): boolean {
  return isDigit(code) || isJoining(code) || code === 0x20 || code === 0x28 || code === 0x29;
}

/** `d` stands for a digit, `s` for a separator. */
function isBegun(text: string, shape: string): boolean {
  if (text.length > shape.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const want = shape.charAt(i);
    const fits =
      want === 'd'
        ? isDigit(code)
        : want === 's'
          ? isJoining(code) || code === 0x20
          : text.charAt(i) === want;
    if (!fits) return false;
  }
  return true;
}
