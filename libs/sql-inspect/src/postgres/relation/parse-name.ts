/** Names inside string literals, as regclass reads them: folded to lower case unless quoted, split at dots. */

export interface ParsedName {
  readonly schema: string | undefined;
  readonly name: string;
}

const PART = /^\s*(?:"((?:[^"]|"")*)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*))\s*(\.|$)/;

/** The parts of a name of one or two parts; undefined for anything else (an oid, three parts, bad quoting). */
export function parseName(text: string): ParsedName | undefined {
  const parts: string[] = [];
  let rest = text;
  for (;;) {
    const match = PART.exec(rest);
    if (match === null) return undefined;
    const [all, quoted, bare, end] = match;
    parts.push(quoted === undefined ? (bare ?? '').toLowerCase() : quoted.replaceAll('""', '"'));
    rest = rest.slice(all.length);
    if (end !== '.') break;
  }
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) return undefined;
  return second === undefined ? { schema: undefined, name: first } : { schema: first, name: second };
}
