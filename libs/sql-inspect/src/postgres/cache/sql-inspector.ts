import { Buffer } from 'node:buffer';
import type { SqlCatalog } from '../../model/catalog.ts';
import type { SqlEnvironment } from '../../model/environment.ts';
import type { SqlInspection, SqlStatement } from '../../model/inspection.ts';
import { inspectSql } from '../inspect-sql.ts';
import { redactSecrets } from '../redact-secrets.ts';
import { isExactKey, literalFreeKey } from './literal-free-key.ts';

export interface SqlInspectorOptions {
  /** Inspections kept for each catalog, search path and role. */
  readonly maxEntries?: number;
}

type Kept = Map<string, SqlInspection>;

/** Search paths and roles are the caller's to choose, so their number is bounded too. */
const MAX_ENVIRONMENTS = 16;

/** Answers longer than this are not kept, so that a hostile session cannot fill the memory with them. */
const MAX_PARTS = 512;

/**
 * `inspectSql` with a memory: a statement seen before with other literals is
 * answered without parsing. Keeps only what cannot depend on the literals, nor
 * on the session beyond its catalog, search path and role. Answers are the same
 * as `inspectSql`'s, always. One instance serves all sessions of a process;
 * what belongs to a catalog goes when the catalog goes.
 */
export class SqlInspector {
  readonly #maxEntries: number;
  readonly #byCatalog = new WeakMap<SqlCatalog, Map<string, Kept>>();
  readonly #byEnvironment = new WeakMap<SqlEnvironment, Kept>();

  constructor(options: SqlInspectorOptions = {}) {
    this.#maxEntries = options.maxEntries ?? 2_048;
  }

  inspect(sql: string, env: SqlEnvironment): SqlInspection {
    const key = env.staleNames === undefined && env.standardConformingStrings !== false ? keyOf(sql) : null;
    if (key === null) return inspectSql(sql, env);
    const kept = this.#keptFor(env);
    const known = kept.get(key);
    if (known !== undefined) return isExactKey(key) ? known : withText(known, sql);
    const inspection = inspectSql(sql, env);
    if (canKeep(inspection, key, sql)) this.#keep(kept, key, inspection);
    return inspection;
  }

  #keptFor(env: SqlEnvironment): Kept {
    let kept = this.#byEnvironment.get(env);
    if (kept !== undefined) return kept;
    let environments = this.#byCatalog.get(env.catalog);
    if (environments === undefined)
      this.#byCatalog.set(env.catalog, (environments = new Map<string, Kept>()));
    const name = JSON.stringify([env.currentUser, env.searchPath, env.maxBytes, env.changedInTransaction]);
    kept = environments.get(name);
    if (kept === undefined) {
      if (environments.size >= MAX_ENVIRONMENTS) environments.clear();
      environments.set(name, (kept = new Map<string, SqlInspection>()));
    }
    this.#byEnvironment.set(env, kept);
    return kept;
  }

  /** The oldest goes first; statements that are still in use come back with their next parse. */
  #keep(kept: Kept, key: string, inspection: SqlInspection): void {
    if (kept.size >= this.#maxEntries) {
      const oldest = kept.keys().next();
      if (oldest.done !== true) kept.delete(oldest.value);
    }
    kept.set(key, inspection);
  }
}

/** A line comment could end in a semicolon, and `withText` would take it for the statement's end. */
function keyOf(sql: string): string | null {
  return sql.includes('--') ? `=${sql}` : literalFreeKey(sql);
}

function canKeep(inspection: SqlInspection, key: string, sql: string): boolean {
  if (!inspection.ok || inspection.statements.some((statement) => statement.sessionSensitive)) return false;
  if (partsOf(inspection.statements) > MAX_PARTS) return false;
  if (isExactKey(key)) return true;
  if (inspection.literalSensitive || inspection.statements.length !== 1) return false;
  const [statement] = inspection.statements;
  const { text, startByte, endByte } = placeOf(sql);
  return statement?.text === text && statement.startByte === startByte && statement.endByte === endByte;
}

function partsOf(statements: readonly SqlStatement[]): number {
  let parts = 0;
  for (const { outputs, effects } of statements) {
    parts += 1 + outputs.length;
    for (const { objects } of effects) parts += objects.length;
  }
  return parts;
}

/** A kept answer for the text at hand: its own words and positions, everything else as it was. */
function withText(inspection: SqlInspection, sql: string): SqlInspection {
  if (!inspection.ok) return inspection;
  const { text, startByte, endByte } = placeOf(sql);
  const redactedText = redactSecrets(text);
  const literalSensitive = redactedText !== text;
  const statements = inspection.statements.map((statement): SqlStatement => ({
    ...statement,
    text,
    startByte,
    endByte,
    redactedText,
    literalSensitive,
  }));
  return { ...inspection, statements, literalSensitive };
}

/** Where the one statement of a text stands: without the space around it and the semicolon behind it. */
function placeOf(sql: string): {
  readonly text: string;
  readonly startByte: number;
  readonly endByte: number;
} {
  const withoutStart = sql.trimStart();
  const body = withoutStart.trimEnd();
  const text = body.endsWith(';') ? body.slice(0, -1).trimEnd() : body;
  const startByte = sql.length - withoutStart.length;
  return { text, startByte, endByte: startByte + Buffer.byteLength(text) };
}
