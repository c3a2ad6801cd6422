import { Buffer } from 'node:buffer';
import type { Node } from 'libpg-query';
import type { InspectionFailure } from '../../model/inspection.ts';
import { hasSqlDetails, parsePlPgSQLSync, parseSync, SqlError } from './load-parser.ts';

/**
 * Longest text inspected, in bytes. A longer one is refused as a whole, never
 * inspected in part: a DELETE behind nine megabytes of comment is a known bypass.
 */
export const MAX_SQL_BYTES = 1024 * 1024;

export interface ParsedStatement {
  readonly node: Node;
  readonly startByte: number;
  readonly endByte: number;
  readonly text: string;
}

export type ParseOutcome =
  | { readonly ok: true; readonly statements: readonly ParsedStatement[] }
  | {
      readonly ok: false;
      readonly reason: InspectionFailure;
      readonly message: string;
      readonly position: number | undefined;
    };

/** Most statements in one text. A longer script is refused as a whole; it can be sent in pieces. */
export const MAX_STATEMENTS = 5_000;

/** Texts from here on take more than a few milliseconds, and up to half a second. */
export const LARGE_SQL_BYTES = 32 * 1024;
/** So do texts of this many statements, however short they are. */
const MANY_STATEMENTS = 200;

/**
 * Whether a process that serves others should inspect a text in a worker (the
 * catalog's rows are plain data, build it there too). Semicolons inside of
 * literals count as well: this is about time, not about meaning.
 */
export function isLargeSql(sql: string): boolean {
  if (sql.length >= LARGE_SQL_BYTES) return true;
  let left = MANY_STATEMENTS;
  for (let at = sql.indexOf(';'); at !== -1 && left > 0; at = sql.indexOf(';', at + 1)) left--;
  return left === 0;
}

/** Runs of operator characters longer than any operator or banner needs. */
const OPERATOR_RUN = /[-+*/<>=~!@#%^&|`?]{200,}/g;

/**
 * The server's lexer reads the rest of a run of operator characters again for
 * each comment that opens in it, and for each plus sign: quadratic, so that
 * 400 KB of nested comment openings keep it busy for a minute. Such a text is no
 * honest one; banners of one character are.
 */
function isSlowToLex(sql: string): boolean {
  if (sql.length < 200) return false;
  for (const [run] of sql.matchAll(OPERATOR_RUN)) {
    if (run.split('/*').length > 5 || run.split('+').length > 100) return true;
  }
  return false;
}

const BLANK = /^[\s;]*$/;

/** Splits and parses a text with the server's own grammar. Never throws for bad SQL. */
export function parseSql(sql: string, maxBytes: number = MAX_SQL_BYTES): ParseOutcome {
  if (sql.length > maxBytes) return refuse('too-large', `text is longer than ${maxBytes} bytes`);
  if (!sql.isWellFormed()) return refuse('not-utf8', 'text is not well-formed Unicode');
  if (sql.includes('\0')) return refuse('contains-nul', 'text holds a NUL character');
  const bytes = Buffer.byteLength(sql);
  if (bytes > maxBytes) return refuse('too-large', `text is longer than ${maxBytes} bytes`);
  if (isSlowToLex(sql)) return refuse('too-complex', 'text holds a long run of operator characters');
  if (BLANK.test(sql)) return { ok: true, statements: [] };
  return parseChecked(sql, bytes);
}

function parseChecked(sql: string, bytes: number): ParseOutcome {
  try {
    const slice = slicer(sql, bytes);
    const statements: ParsedStatement[] = [];
    const parsed = parseSync(sql).stmts ?? [];
    if (parsed.length > MAX_STATEMENTS)
      return refuse('too-complex', `text has more than ${MAX_STATEMENTS} statements`);
    for (const raw of parsed) {
      if (raw.stmt === undefined) continue;
      const from = raw.stmt_location ?? 0;
      const length = raw.stmt_len ?? 0;
      const to = length === 0 ? bytes : from + length;
      statements.push({ node: raw.stmt, ...trimmed(slice(from, to), from) });
    }
    return { ok: true, statements };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): ParseOutcome {
  if (error instanceof SqlError) {
    const position = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) + 1 : undefined;
    const reason = /stack depth|memory/.test(error.message) ? 'too-complex' : 'syntax';
    return { ok: false, reason, message: error.message, position };
  }
  // A RangeError is the JavaScript stack, a RuntimeError the parser's own.
  return refuse('too-complex', 'text is nested too deeply');
}

function refuse(reason: InspectionFailure, message: string): ParseOutcome {
  return { ok: false, reason, message, position: undefined };
}

/** The parser counts bytes; a text of ASCII alone is cut without encoding it. */
function slicer(sql: string, bytes: number): (from: number, to: number) => string {
  if (bytes === sql.length) return (from, to) => sql.slice(from, to);
  const encoded = Buffer.from(sql);
  return (from, to) => encoded.toString('utf8', from, to);
}

function trimmed(text: string, from: number): { startByte: number; endByte: number; text: string } {
  const withoutStart = text.trimStart();
  const startByte = from + Buffer.byteLength(text) - Buffer.byteLength(withoutStart);
  const inner = withoutStart.trimEnd();
  return { startByte, endByte: startByte + Buffer.byteLength(inner), text: inner };
}

/** Parses a text that came from the server's catalog: one statement, or undefined where it cannot be read. */
export function parseStored(sql: string): Node | undefined {
  const parsed = parseSql(sql, MAX_SQL_BYTES);
  return parsed.ok && parsed.statements.length === 1 ? parsed.statements[0]?.node : undefined;
}

/** The PL/pgSQL tree of a `CREATE FUNCTION` or `DO` text; undefined where it cannot be read. */
export function parsePlpgsql(definition: string): unknown {
  try {
    return parsePlPgSQLSync(definition);
  } catch {
    // Not readable is an answer here: the caller counts the function as opaque.
    return undefined;
  }
}
