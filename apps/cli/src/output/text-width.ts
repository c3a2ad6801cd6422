const ZERO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200d\ufe00-\ufe0f]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{20000}-\u{3fffd}]/u;
const ASCII = /^[ -~]*$/;

/** Columns that a text takes on a terminal: none for combining marks, two for East Asian wide characters and emoji. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, cut to so many columns, the last of which then is `…`. */
export function clip(text: string, columns: number): string {
  if (text.length <= columns && textWidth(text) <= columns) return text;
  if (textWidth(text) <= columns) return text;
  let width = 0;
  let clipped = '';
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    clipped += character;
  }
  return `${clipped}…`;
}

/** The text with spaces behind, or before for numbers, so that it takes so many columns. */
export function pad(text: string, columns: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, columns - textWidth(text)));
  return align === 'left' ? text + space : space + text;
}

function characterWidth(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
