/**
 * A key under which inspections can be kept: the text with its simple literals
 * taken out. A lexer of its own, because the real one costs as much as a parse;
 * it follows scan.l only as far as it must to know where a token begins, and
 * gives up (the key is then the text itself) wherever it would have to know more:
 * backslashes, E'' B'' X'' N'' U&'', U&"", dollar quotes, control characters.
 *
 * Two texts with one key have the same tokens but for the values of plain
 * strings, of integers up to nine digits and of decimals, and for comments.
 */

/** Texts longer than this have no key: keeping them would cost more than parsing. */
export const MAX_KEY_CHARS = 8_192;

/** Stand in the place of what was taken out; a text that holds one itself is not stripped. */
const STRING = '\x01';
const INTEGER = '\x02';
const DECIMAL = '\x03';
const COMMENT = '\x04';

const PLAIN = 0;
/** A character that can begin something to take out, or to give up on. */
const STOP = 1;

const KIND = new Uint8Array(128);
const IS_IDENTIFIER = new Uint8Array(128);
const IS_DIGIT = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  IS_IDENTIFIER[code] = /[A-Za-z0-9_$]/.test(char) ? 1 : 0;
  IS_DIGIT[code] = /[0-9]/.test(char) ? 1 : 0;
  KIND[code] = /['"$\\/.0-9-]/.test(char) || (code < 32 && !/\s/.test(char)) ? STOP : PLAIN;
}

const QUOTE = 39;
const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const AMPERSAND = 38;
const STAR = 42;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;

function isIdentifier(code: number): boolean {
  return code >= 128 || IS_IDENTIFIER[code] === 1;
}

function isDigit(code: number): boolean {
  return code < 128 && IS_DIGIT[code] === 1;
}

/** The key of a text; null where it is too long to be kept. */
export function literalFreeKey(sql: string): string | null {
  const length = sql.length;
  if (length > MAX_KEY_CHARS) return null;
  let key = '~';
  let copied = 0;
  let at = 0;
  while (at < length) {
    const code = sql.charCodeAt(at);
    if (code >= 128 || KIND[code] === PLAIN) {
      at++;
      continue;
    }
    const end = tokenEnd(sql, code, at);
    if (end < 0) return `=${sql}`;
    const mark = end === at ? '' : markOf(sql, code, at, end);
    if (mark !== '') {
      key += sql.slice(copied, at) + mark;
      copied = end;
    }
    at = end === at ? at + 1 : end;
  }
  return copied === 0 ? `=${sql}` : key + sql.slice(copied);
}

/** Whether nothing was taken out of the text, so that the key stands for it alone. */
export function isExactKey(key: string): boolean {
  return key.charCodeAt(0) === 61;
}

const GIVE_UP = -1;

/** Where the token that begins here ends; the same place where it is none, -1 to give up. */
function tokenEnd(sql: string, code: number, at: number): number {
  const before = at === 0 ? 32 : sql.charCodeAt(at - 1);
  switch (code) {
    case QUOTE:
      // A letter before it makes it another kind of literal; `U&'` ends in an ampersand.
      return isIdentifier(before) || before === AMPERSAND ? GIVE_UP : quotedEnd(sql, at, "'");
    case DOUBLE_QUOTE:
      return before === AMPERSAND ? GIVE_UP : quotedEnd(sql, at, '"');
    case DOLLAR:
      return dollarEnd(sql, at, before);
    case MINUS:
      return sql.charCodeAt(at + 1) === MINUS ? lineEnd(sql, at) : at;
    case SLASH:
      return sql.charCodeAt(at + 1) === STAR ? commentEnd(sql, at) : at;
    case DOT:
      return isDigit(sql.charCodeAt(at + 1)) &&
        !isIdentifier(before) &&
        before !== DOUBLE_QUOTE &&
        before !== DOT
        ? numberEnd(sql, at)
        : at;
    default:
      if (!isDigit(code)) return GIVE_UP;
      // Inside a name or a parameter, or after a dot that did not begin a number.
      return isIdentifier(before) || before === DOT ? at : numberEnd(sql, at);
  }
}

/** What stands for a token in the key; '' where it is kept as it is. */
function markOf(sql: string, code: number, at: number, end: number): string {
  switch (code) {
    case QUOTE:
      return STRING;
    case SLASH:
    case MINUS:
      return COMMENT;
    case DOUBLE_QUOTE:
    case DOLLAR:
      return '';
    default:
      return numberMark(sql, at, end);
  }
}

function quotedEnd(sql: string, at: number, quote: string): number {
  let from = at + 1;
  for (;;) {
    const close = sql.indexOf(quote, from);
    if (close < 0) return GIVE_UP;
    if (sql[close + 1] !== quote) return hasBackslash(sql, at, close) ? GIVE_UP : close + 1;
    from = close + 2;
  }
}

function hasBackslash(sql: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (sql.charCodeAt(at) === 92) return true;
  return false;
}

/** `$1` is kept; `a$b` is a name; anything else begins a dollar quote. */
function dollarEnd(sql: string, at: number, before: number): number {
  if (isIdentifier(before)) return at;
  let end = at + 1;
  while (isDigit(sql.charCodeAt(end))) end++;
  return end === at + 1 ? GIVE_UP : end;
}

/** To the end of the line, which stays: a newline between two strings joins them. */
function lineEnd(sql: string, at: number): number {
  let end = at + 2;
  for (; end < sql.length; end++) {
    const code = sql.charCodeAt(end);
    if (code === 10 || code === 13) break;
  }
  return end;
}

function commentEnd(sql: string, at: number): number {
  let depth = 1;
  for (let end = at + 2; end < sql.length - 1; end++) {
    const code = sql.charCodeAt(end);
    const next = sql.charCodeAt(end + 1);
    if (code === STAR && next === SLASH) {
      end++;
      if (--depth === 0) return end + 1;
    } else if (code === SLASH && next === STAR) {
      end++;
      depth++;
    }
  }
  return GIVE_UP;
}

/** Everything that could belong to a number, so that no token is ever cut in two. */
function numberEnd(sql: string, at: number): number {
  let end = at + 1;
  for (; end < sql.length; end++) {
    const code = sql.charCodeAt(end);
    if (isIdentifier(code) || code === DOT) continue;
    const isSign = code === 43 || code === MINUS;
    const isExponent = (sql.charCodeAt(end - 1) | 32) === 101;
    if (isSign && isExponent && isDigit(sql.charCodeAt(end + 1))) continue;
    break;
  }
  return end;
}

/** Up to nine digits are an integer for the server too; with ten it depends on the value. */
const LONGEST_INTEGER = 9;
const DECIMAL_NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function numberMark(sql: string, at: number, end: number): string {
  let digits = at;
  while (digits < end && isDigit(sql.charCodeAt(digits))) digits++;
  if (digits === end) return end - at <= LONGEST_INTEGER ? INTEGER : '';
  return DECIMAL_NUMBER.test(sql.slice(at, end)) ? DECIMAL : '';
}
