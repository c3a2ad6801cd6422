/** What the server itself says about the session, as far as it decides what a statement means. */
export interface SessionFacts {
  readonly currentUser: string;
  readonly searchPath: readonly string[];
  readonly standardConformingStrings: boolean;
  readonly clientEncoding: string;
  /** Whether the session has temporary objects, which only its own connection can list. */
  readonly hasTemporary: boolean;
}

/** Run on the session's own connection. Every name is qualified: the session's search path must not decide what it means. */
export const SESSION_PROBE = [
  'SELECT pg_catalog.current_setting($$role$$)',
  'CURRENT_USER::pg_catalog.text',
  'pg_catalog.current_setting($$search_path$$)',
  'pg_catalog.current_setting($$standard_conforming_strings$$)',
  'pg_catalog.current_setting($$client_encoding$$)',
  '(pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0::pg_catalog.oid)::pg_catalog.text',
].join(', ');

/** The one row of SESSION_PROBE. @returns null when it is not what the probe asks for */
export function readSessionProbe(rows: readonly (readonly (string | null)[])[]): SessionFacts | null {
  const row = rows[0];
  if (rows.length !== 1 || row === undefined) return null;
  const [, currentUser, searchPath, standardStrings, clientEncoding, hasTemporary] = row;
  if (!currentUser || searchPath === null || searchPath === undefined || !clientEncoding) return null;
  return {
    currentUser,
    searchPath: parseSearchPath(searchPath),
    standardConformingStrings: standardStrings === 'on',
    clientEncoding,
    hasTemporary: hasTemporary === 'true',
  };
}

/** A search_path as SHOW prints it: identifiers, quoted where they need it, parted by commas. */
export function parseSearchPath(text: string): string[] {
  const names: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^",\s]+))\s*(?:,|$)/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    names.push(match[1] === undefined ? (match[2] ?? '').toLowerCase() : match[1].replaceAll('""', '"'));
    if (pattern.lastIndex >= text.length) break;
  }
  return names;
}
