import type { SqlEnvironment } from '../model/environment.ts';
import type { SqlInspection, SqlOutputs, SqlStatement } from '../model/inspection.ts';
import { Analysis, TooComplex } from './analysis/analysis.ts';
import { rootScope, type Columns } from './lineage/scope.ts';
import { reported } from './lineage/sources.ts';
import { noteImplicitCasts } from './function/cast-type.ts';
import { MAX_SQL_BYTES, parseSql, type ParsedStatement } from './parser/parse-sql.ts';
import { redactSecrets } from './redact-secrets.ts';
import { afterStatement, namesChangedBy } from './session-steps.ts';
import { statementEffects } from './statement/statement-effects.ts';

/**
 * What a text would do, statement by statement, with where its results come
 * from. Never throws for bad SQL. Fails closed: what is not known is
 * `sql.unknown`, an unresolved name or an unknown source, never nothing.
 */
export function inspectSql(sql: string, env: SqlEnvironment): SqlInspection {
  if (env.standardConformingStrings === false && sql.includes('\\')) {
    return refuse('backslash-without-standard-strings', 'a backslash means something else in this session');
  }
  const parsed = parseSql(sql, env.maxBytes ?? MAX_SQL_BYTES);
  if (!parsed.ok) return parsed;
  try {
    const statements: SqlStatement[] = [];
    let current = env;
    for (const raw of parsed.statements) {
      const statement = inspectStatement(raw, current);
      statements.push(statement);
      current = afterStatement(current, statement);
    }
    // Positions inside a text of several statements depend on the length of its literals.
    const literalSensitive =
      statements.length > 1 || statements.some((statement) => statement.literalSensitive);
    return { ok: true, statements, literalSensitive };
  } catch (error) {
    if (error instanceof TooComplex || error instanceof RangeError)
      return refuse('too-complex', 'text is nested too deeply');
    throw error;
  }
}

function refuse(
  reason: 'too-complex' | 'backslash-without-standard-strings',
  message: string,
): SqlInspection {
  return { ok: false, reason, message, position: undefined };
}

function inspectStatement(raw: ParsedStatement, env: SqlEnvironment): SqlStatement {
  const analysis = new Analysis(env);
  const result = statementEffects(raw.node, rootScope(analysis));
  if (env.catalog.casts.length > 0) noteImplicitCasts(analysis);
  const summary = analysis.summary();
  const redactedText = redactSecrets(raw.text);
  const { opaque } = summary;
  const changesCatalog = summary.changesCatalog || opaque;
  return {
    tag: result.tag,
    startByte: raw.startByte,
    endByte: raw.endByte,
    text: raw.text,
    redactedText,
    effects: summary.effects,
    outputs: outputsOf(
      result.columns,
      result.returnsRows || result.cursor?.kind === 'declare' || result.copy?.direction === 'out',
    ),
    predicateColumns: reported(summary.predicate),
    derivedColumns: reported(summary.derived),
    touches: summary.touches,
    unresolved: summary.unresolved,
    literalSensitive: analysis.literalSensitive || redactedText !== raw.text,
    changesCatalog,
    staleNames: namesChangedBy(
      summary.effects,
      changesCatalog,
      opaque || analysis.forgetsNames,
      analysis.renamedTo,
    ),
    sessionSensitive: analysis.sessionSensitive,
    settings: summary.settings,
    roleChange: summary.roleChange,
    transaction: result.transaction,
    copy: result.copy,
    cursor: result.cursor,
    prepared: result.prepared?.kind === 'prepare' ? { ...result.prepared, sql: raw.text } : result.prepared,
    opaque,
    parameters: [...analysis.parameters].sort((a, b) => a - b),
  };
}

function outputsOf({ columns, open }: Columns, returnsRows: boolean): SqlOutputs {
  if (!returnsRows) return 'none';
  if (open !== undefined) return 'unknown';
  return columns.map(({ name, sources, isDirect }) => ({
    name,
    sources: reported(sources),
    isDirect: isDirect === true,
  }));
}
