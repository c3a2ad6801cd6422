/**
 * What a user's function does, read from its body where that can be read. Worked
 * out once for a catalog and a search path; arguments are placeholders that each
 * call fills in (see `argumentPlaceholder`).
 */
import type { CreateFunctionStmt } from 'libpg-query';
import type { UserFunction } from '../../model/catalog.ts';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlEnvironment } from '../../model/environment.ts';
import { Analysis, type AnalysisSummary } from '../analysis/analysis.ts';
import type { Columns } from '../lineage/scope.ts';
import { UNKNOWN_SOURCES, argumentPlaceholder, sourcesOf, union, type Sources } from '../lineage/sources.ts';
import { parseStored } from '../parser/parse-sql.ts';
import { memoOf } from '../relation/catalog-memo.ts';
import { noteStoredExpressions } from '../relation/stored-expressions.ts';
import { callReference } from './call-reference.ts';
import { extensionVerdict } from './extension-function.ts';
import { readFunction, type ReadFunction } from './function-definition.ts';
import { plpgsqlBody } from './plpgsql-body.ts';
import { sqlBody } from './sql-body.ts';
import { resultShape, withShape } from './result-shape.ts';

export interface FunctionSummary {
  readonly summary: AnalysisSummary;
  /** Its result as a row source. */
  readonly columns: Columns;
}

/** Worked out once for each function and search path. */
export function functionSummary(env: SqlEnvironment, user: UserFunction): FunctionSummary {
  const memo = memoOf(env.catalog);
  const key = `${user.oid} ${env.currentUser} ${env.searchPath.join(' ')}`;
  const known = memo.functions.get(key);
  if (known !== undefined) return known;
  // Inside a recursion: what it does is counted where the recursion began, what it returns is not known.
  if (memo.functionsUnderway.has(key)) {
    memo.cutShort++;
    return recursion(env);
  }
  const provisional = memo.provisional.get(key);
  if (provisional !== undefined) {
    memo.cutShort++;
    return provisional;
  }
  const before = memo.cutShort;
  memo.functionsUnderway.add(key);
  try {
    const summary = workOut(env, user);
    const isOutermost = memo.functionsUnderway.size === 1;
    if (memo.cutShort === before || isOutermost) remember(memo.functions, key, summary);
    else memo.provisional.set(key, summary);
    return summary;
  } finally {
    memo.functionsUnderway.delete(key);
    if (memo.functionsUnderway.size === 0) memo.provisional.clear();
  }
}

/** Search paths are the caller's to choose, so the number of kept summaries is bounded. */
const MAX_KEPT = 10_000;

function remember(kept: Map<string, FunctionSummary>, key: string, summary: FunctionSummary): void {
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, summary);
}

function recursion(env: SqlEnvironment): FunctionSummary {
  return { summary: new Analysis(env).summary(), columns: { columns: [], open: UNKNOWN_SOURCES } };
}

function workOut(env: SqlEnvironment, user: UserFunction): FunctionSummary {
  const analysis = new Analysis(env);
  const node = user.definition === undefined ? undefined : parseStored(user.definition);
  const create = node !== undefined && 'CreateFunctionStmt' in node ? node.CreateFunctionStmt : undefined;
  noteStoredExpressions(analysis, create?.parameters);
  if (create?.returnType?.setof === true) analysis.addPredicate(anyArgument());
  const sources = bodySources(analysis, user, create);
  const shape = resultShape(analysis, user, create);
  return { summary: analysis.summary(), columns: withShape(shape, sources, user.name) };
}

/** What the result holds: of the whole, or column by column where the body says so. */
function bodySources(
  analysis: Analysis,
  user: UserFunction,
  create: CreateFunctionStmt | undefined,
): Columns {
  const label = dottedName(user.schema, user.name);
  if (user.kind === 'aggregate') return aggregateBody(analysis, user, label);
  const verdict = extensionVerdict(user);
  if (verdict === 'harmless') return { columns: [], open: anyArgument() };
  if (verdict === 'io') return opaque(analysis, label, 'sql.io');
  if (create === undefined) return opaque(analysis, label, 'sql.call');
  const read = readFunction(create);
  switch (read.language) {
    case 'sql':
      return sqlBody(analysis, user, read);
    case 'plpgsql':
      return plpgsql(analysis, user, read, label);
    default:
      return opaque(analysis, label, 'sql.call');
  }
}

function plpgsql(analysis: Analysis, user: UserFunction, read: ReadFunction, label: string): Columns {
  const isRead = user.definition !== undefined && plpgsqlBody(analysis, user.definition, user, read);
  return isRead ? { columns: [], open: UNKNOWN_SOURCES } : opaque(analysis, label, 'sql.call');
}

function opaque(analysis: Analysis, label: string, action: 'sql.call' | 'sql.io'): Columns {
  analysis.addOpaqueCall(label);
  if (action === 'sql.io') analysis.effects.add('sql.io', 'function', label);
  return { columns: [], open: UNKNOWN_SOURCES };
}

function aggregateBody(analysis: Analysis, user: UserFunction, label: string): Columns {
  const every = anyArgument();
  if (user.parts.length === 0) return opaque(analysis, label, 'sql.call');
  let all = every;
  for (const part of user.parts) all = union(all, callReference(analysis, part, label, [every]));
  return { columns: [], open: all };
}

/** Room for as many parameters as a function can have. */
const MAX_PARAMETERS = 100;

function anyArgument(): Sources {
  return sourcesOf(Array.from({ length: MAX_PARAMETERS }, (_, index) => argumentPlaceholder(index)));
}
