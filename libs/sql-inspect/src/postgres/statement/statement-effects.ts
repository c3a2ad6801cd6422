/**
 * Every statement of the grammar, by node, to its effects. The maps together
 * name each statement node deliberately; a spec compares them with the parser's
 * own list. A node that is in none of them is `sql.unknown`.
 */
import type { Node } from 'libpg-query';
import { dispatch, tagOf } from '../parser/ast.ts';
import type { Scope } from '../lineage/scope.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { ALTER_STATEMENTS } from './alter-statements.ts';
import { CODE_STATEMENTS } from './code-statements.ts';
import { COPY_STATEMENTS } from './copy-statement.ts';
import { CREATE_STATEMENTS } from './create-statements.ts';
import { CURSOR_STATEMENTS } from './cursor-statements.ts';
import { DROP_STATEMENTS } from './drop-statements.ts';
import { EXPLAIN_STATEMENTS } from './explain-statement.ts';
import { MAINTENANCE_STATEMENTS } from './maintenance-statements.ts';
import { QUERY_STATEMENTS } from './query-statements.ts';
import { ROLE_STATEMENTS } from './role-statements.ts';
import { SERVER_STATEMENTS } from './server-statements.ts';
import { SESSION_STATEMENTS } from './session-statements.ts';
import { utility, type StatementResult } from './statement-result.ts';

export const STATEMENTS = {
  ...QUERY_STATEMENTS,
  ...SESSION_STATEMENTS,
  ...CURSOR_STATEMENTS,
  ...EXPLAIN_STATEMENTS,
  ...COPY_STATEMENTS,
  ...CODE_STATEMENTS,
  ...CREATE_STATEMENTS,
  ...ALTER_STATEMENTS,
  ...DROP_STATEMENTS,
  ...ROLE_STATEMENTS,
  ...SERVER_STATEMENTS,
  ...MAINTENANCE_STATEMENTS,
};

/** Notes a statement's effects in the scope's analysis and tells what it is. */
export function statementEffects(node: Node | undefined, scope: Scope): StatementResult {
  return scope.analysis.nested(() => {
    const result = node === undefined ? undefined : dispatch(STATEMENTS, node, scope);
    if (result !== undefined) return result;
    const tag = (node === undefined ? undefined : tagOf(node)) ?? 'nothing';
    scope.analysis.opaque = true;
    scope.analysis.effects.add('sql.unknown', 'object', tag);
    return utility(scope, 'UNKNOWN', { columns: UNRESOLVED_COLUMNS, returnsRows: true });
  });
}
