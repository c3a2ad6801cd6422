/**
 * Text from elsewhere (a recording, a server, a file) made safe for a
 * terminal: what a target answered may hold escape sequences that move the cursor, set the
 * title or the clipboard, or text that reads in another order than it is
 * stored. Control characters (C0, DEL, C1), line separators, bidirectional
 * controls and lone surrogates are shown as escapes; everything else stays.
 */
export function printable(text: string): string {
  return HIDDEN.test(text) ? text.replace(new RegExp(HIDDEN, 'gu'), escapeOf) : text;
}

/** Cc, line and paragraph separators, marks and overrides of direction, invisible operators, byte order mark, surrogates, tags. */
const HIDDEN =
  /[\p{Cc}\u{2028}\u{2029}\u{061c}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\p{Cs}\u{e0000}-\u{e007f}]/u;

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  const name = NAMES[character];
  if (name !== undefined) return name;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

/** JSON in which the same characters are escaped as JSON escapes them: what JSON.stringify leaves of them a terminal could act on. */
export function printableJson(json: string): string {
  return json.replace(JSON_HIDDEN, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** As HIDDEN, without the line breaks of indented JSON; JSON.stringify has escaped the others below U+0020. */
const JSON_HIDDEN =
  /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{061c}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\p{Cs}\u{e0000}-\u{e007f}]/gu;
