import type { Node, TransactionStmt, VariableSetStmt } from 'libpg-query';
import type { SettingChange, TransactionControl } from '../../model/inspection.ts';
import type { NodeHandlers } from '../parser/ast.ts';
import type { Columns, Scope } from '../lineage/scope.ts';
import { actOnRelation } from '../relation/named-object.ts';
import { UNRESOLVED_COLUMNS } from '../relation/read-relation.ts';
import { holdsAnyText, settingChange } from './setting-change.ts';
import { plainColumns, utility, type StatementResult } from './statement-result.ts';

type SessionStatement =
  | 'VariableSetStmt'
  | 'VariableShowStmt'
  | 'DiscardStmt'
  | 'TransactionStmt'
  | 'ConstraintsSetStmt'
  | 'ListenStmt'
  | 'UnlistenStmt'
  | 'NotifyStmt'
  | 'LockStmt';

/** Statements about the session and its transaction. */
export const SESSION_STATEMENTS: NodeHandlers<SessionStatement, Scope, StatementResult> = {
  VariableSetStmt: setStatement,
  VariableShowStmt: ({ name }, scope) => {
    const setting = (name ?? 'all').toLowerCase();
    scope.analysis.effects.add('sql.read', 'setting', setting);
    const columns = shownColumns(name ?? '', setting);
    return utility(scope, 'SHOW', { columns, returnsRows: true });
  },
  DiscardStmt: ({ target }, scope) => {
    const { analysis } = scope;
    if (target !== 'DISCARD_ALL') analysis.effects.add('sql.session.set', 'setting', '*');
    else analysis.addSetting({ name: '*', value: undefined, kind: 'reset', breaksInspection: false });
    if (target === 'DISCARD_ALL' || target === 'DISCARD_TEMP') {
      analysis.changesCatalog = true;
      analysis.forgetsNames = true;
    }
    if (target === 'DISCARD_ALL') analysis.roleChange = { kind: 'reset' };
    const prepared = { kind: 'deallocate-all', name: undefined, sql: undefined } as const;
    return utility(scope, 'DISCARD', target === 'DISCARD_ALL' ? { prepared } : {});
  },
  TransactionStmt: transaction,
  ConstraintsSetStmt: (_, scope) => {
    scope.analysis.effects.addAction('sql.transaction');
    return utility(scope, 'SET CONSTRAINTS');
  },
  ListenStmt: ({ conditionname }, scope) => channel(scope, 'LISTEN', conditionname),
  UnlistenStmt: ({ conditionname }, scope) => channel(scope, 'UNLISTEN', conditionname),
  NotifyStmt: ({ conditionname }, scope) => channel(scope, 'NOTIFY', conditionname),
  LockStmt: ({ relations }, scope) => {
    for (const node of relations ?? [])
      if ('RangeVar' in node) actOnRelation(scope.analysis, 'sql.lock', node.RangeVar);
    return utility(scope, 'LOCK TABLE');
  },
};

function shownColumns(name: string, setting: string): Columns {
  if (setting === 'all') return plainColumns('name', 'setting', 'description');
  return holdsAnyText(setting) ? UNRESOLVED_COLUMNS : plainColumns(name);
}

function channel(scope: Scope, tag: string, name: string | undefined): StatementResult {
  scope.analysis.effects.add('sql.notify', 'channel', name ?? '*');
  return utility(scope, tag);
}

const CONTROL: Readonly<Record<NonNullable<TransactionStmt['kind']>, readonly [string, TransactionControl]>> =
  {
    TRANS_STMT_BEGIN: ['BEGIN', 'begin'],
    TRANS_STMT_START: ['START TRANSACTION', 'begin'],
    TRANS_STMT_COMMIT: ['COMMIT', 'commit'],
    TRANS_STMT_ROLLBACK: ['ROLLBACK', 'rollback'],
    TRANS_STMT_SAVEPOINT: ['SAVEPOINT', 'savepoint'],
    TRANS_STMT_RELEASE: ['RELEASE', 'release'],
    TRANS_STMT_ROLLBACK_TO: ['ROLLBACK', 'rollback-to'],
    TRANS_STMT_PREPARE: ['PREPARE TRANSACTION', 'prepare'],
    TRANS_STMT_COMMIT_PREPARED: ['COMMIT PREPARED', 'commit-prepared'],
    TRANS_STMT_ROLLBACK_PREPARED: ['ROLLBACK PREPARED', 'rollback-prepared'],
  };

function transaction({ kind }: TransactionStmt, scope: Scope): StatementResult {
  scope.analysis.effects.addAction('sql.transaction');
  const [tag, control] = CONTROL[kind ?? 'TRANS_STMT_BEGIN'];
  return utility(scope, tag, { transaction: control });
}

/** Forms of SET that are about the transaction, not about a setting. */
const TRANSACTION_FORMS: ReadonlySet<string> = new Set([
  'TRANSACTION',
  'TRANSACTION SNAPSHOT',
  'SESSION CHARACTERISTICS',
]);

function setStatement(set: VariableSetStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  const tag = set.kind === 'VAR_RESET' || set.kind === 'VAR_RESET_ALL' ? 'RESET' : 'SET';
  if (set.kind === 'VAR_SET_MULTI' || TRANSACTION_FORMS.has(set.name ?? '')) {
    analysis.effects.addAction('sql.transaction');
    return utility(scope, 'SET', { transaction: 'set' });
  }
  analysis.addSetting(changeOf(set));
  return utility(scope, tag);
}

function changeOf(set: VariableSetStmt): SettingChange {
  if (set.kind === 'VAR_RESET_ALL')
    return { name: '*', value: undefined, kind: 'reset', breaksInspection: false };
  const isReset = set.kind === 'VAR_RESET' || set.kind === 'VAR_SET_DEFAULT';
  const kind = isReset ? 'reset' : set.is_local === true ? 'set-local' : 'set';
  // FROM CURRENT stands in CREATE FUNCTION only; its value is not in the text.
  const value = set.kind === 'VAR_SET_VALUE' ? (set.args ?? []).map(valueOf) : undefined;
  return settingChange(set.name, value, kind);
}

function valueOf(node: Node): string {
  if ('TypeCast' in node) return node.TypeCast.arg === undefined ? '' : valueOf(node.TypeCast.arg);
  if (!('A_Const' in node)) return '';
  const { sval, ival, fval, boolval } = node.A_Const;
  return (
    sval?.sval ??
    fval?.fval ??
    (boolval === undefined
      ? String(ival?.ival ?? (sval === undefined ? 0 : ''))
      : String(boolval.boolval === true))
  );
}
