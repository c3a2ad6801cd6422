import type { ExecuteStmt, FetchStmt, Node } from 'libpg-query';
import type { NodeHandlers } from '../parser/ast.ts';
import type { Columns, Scope } from '../lineage/scope.ts';
import { UNKNOWN_SOURCES, sourcesOf, type Sources } from '../lineage/sources.ts';
import type { ColumnSources } from '../../model/column-ref.ts';
import type { SqlOutputs } from '../../model/inspection.ts';
import { Analysis } from '../analysis/analysis.ts';
import { rootScope } from '../lineage/scope.ts';
import { parseSql } from '../parser/parse-sql.ts';
import { sourcesOfEach } from '../query/expression.ts';
import { queryColumns } from '../query/query.ts';
import { NO_COLUMNS } from '../query/write-query.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { statementEffects } from './statement-effects.ts';
import { utility, type StatementResult } from './statement-result.ts';

type CursorStatement =
  'DeclareCursorStmt' | 'FetchStmt' | 'ClosePortalStmt' | 'PrepareStmt' | 'ExecuteStmt' | 'DeallocateStmt';

/** Cursors and prepared statements: what one of them names is worked out from what the session keeps. */
export const CURSOR_STATEMENTS: NodeHandlers<CursorStatement, Scope, StatementResult> = {
  DeclareCursorStmt: ({ portalname, query }, scope) => {
    scope.analysis.effects.addAction('sql.read');
    // The columns are what FETCH will return; keep them under the cursor's name.
    const columns = query === undefined ? NO_COLUMNS : queryColumns(query, scope);
    return utility(scope, 'DECLARE CURSOR', { columns, cursor: { kind: 'declare', name: portalname } });
  },
  FetchStmt: fetch,
  ClosePortalStmt: ({ portalname }, scope) => {
    scope.analysis.effects.add('sql.session.set', 'cursor', portalname ?? '*');
    return utility(scope, 'CLOSE CURSOR', {
      cursor: { kind: portalname === undefined ? 'close-all' : 'close', name: portalname },
    });
  },
  PrepareStmt: ({ name, query }, scope) => {
    const { analysis } = scope;
    analysis.effects.add('sql.session.set', 'prepared', name ?? '*');
    if (query !== undefined) notRun(analysis, query);
    return utility(scope, 'PREPARE', { prepared: { kind: 'prepare', name, sql: undefined } });
  },
  ExecuteStmt: execute,
  DeallocateStmt: ({ name }, scope) => {
    scope.analysis.effects.add('sql.session.set', 'prepared', name ?? '*');
    const kind = name === undefined ? 'deallocate-all' : 'deallocate';
    return utility(scope, 'DEALLOCATE', { prepared: { kind, name, sql: undefined } });
  },
};

/** PREPARE only analyses; nothing of the statement happens, but names that are not known are. */
function notRun(analysis: Analysis, query: Node): void {
  const inner = new Analysis(analysis.env);
  statementEffects(query, rootScope(inner));
  for (const name of inner.unresolved) analysis.addUnresolved(name);
}

function fetch({ portalname, ismove }: FetchStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  analysis.sessionSensitive = true;
  const name = portalname ?? '';
  const open = analysis.env.cursors?.(name);
  if (open === undefined) {
    analysis.opaque = true;
    analysis.effects.add('sql.unknown', 'cursor', name);
  } else analysis.effects.addFrom(open.effects);
  const isMove = ismove === true;
  return utility(scope, isMove ? 'MOVE' : 'FETCH', {
    columns: open === undefined ? UNRESOLVED_COLUMNS : columnsOf(open.outputs),
    returnsRows: !isMove,
    cursor: { kind: isMove ? 'move' : 'fetch', name },
  });
}

function columnsOf(outputs: SqlOutputs): Columns {
  if (outputs === 'none') return NO_COLUMNS;
  if (outputs === 'unknown') return UNRESOLVED_COLUMNS;
  return {
    columns: outputs.map(({ name, sources, isDirect }) => ({
      name,
      sources: sourcesBack(sources),
      isDirect: isDirect === true,
    })),
    open: undefined,
  };
}

function sourcesBack(sources: ColumnSources): Sources {
  return sources === 'unknown' ? UNKNOWN_SOURCES : sourcesOf(sources);
}

/** EXECUTE is what was prepared, resolved with the search path of now, as the server does it. */
function execute({ name, params }: ExecuteStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  analysis.sessionSensitive = true;
  const args = sourcesOfEach(params ?? [], scope);
  analysis.addDerived(args);
  const prepared = { kind: 'execute', name, sql: undefined } as const;
  const sql = analysis.env.prepared?.(name ?? '');
  const parsed = sql === undefined ? undefined : parseSql(sql);
  const only = parsed?.ok === true && parsed.statements.length === 1 ? parsed.statements[0] : undefined;
  if (only === undefined) {
    analysis.opaque = true;
    analysis.effects.add('sql.unknown', 'prepared', name ?? '*');
    return utility(scope, 'EXECUTE', {
      columns: UNRESOLVED_COLUMNS,
      returnsRows: true,
      prepared,
    });
  }
  const inner = 'PrepareStmt' in only.node ? only.node.PrepareStmt.query : only.node;
  // What a prepared statement does to the text's own parameters does not count: they are the EXECUTE's arguments.
  const result = statementEffects(inner, {
    ...rootScope(analysis),
    positional: (params ?? []).map(() => args),
  });
  return { ...result, prepared };
}
