/** Characters that mean themselves in every shell. A tilde or equals sign only matters at the start of a word. */
const PLAIN = /^(?:[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./~^-]*|\{\}|[[\]])$/;

/** A word as somebody would type it: quoted only where it has to be. */
export function quoteWord(text: string): string {
  if (PLAIN.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
