/**
 * What the statements of one text change for the ones after them. The server
 * parses the text as a whole but resolves each statement when its turn comes, so
 * `SET search_path = x; SELECT ...` must be followed here, between the two.
 */
import { lastPartOf } from '../model/column-ref.ts';
import type { SqlObjectKind } from '../model/effect.ts';
import type { OpenCursor, SqlEnvironment } from '../model/environment.ts';
import type { SqlStatement, TransactionControl } from '../model/inspection.ts';

type StaleNames = ReadonlySet<string> | 'all';

/** Objects whose change concerns their own name only. */
const NAMED_KINDS: ReadonlySet<SqlObjectKind> = new Set<SqlObjectKind>([
  'table',
  'view',
  'materialized-view',
  'foreign-table',
  'sequence',
  'function',
]);

/** Names that mean something else after a statement that changes the catalog. */
export function namesChangedBy(
  effects: SqlStatement['effects'],
  changesCatalog: boolean,
  forgetsNames: boolean,
  renamedTo: ReadonlySet<string>,
): StaleNames {
  if (forgetsNames) return 'all';
  const names = new Set(renamedTo);
  if (!changesCatalog) return names;
  for (const { action, objects } of effects) {
    if (!action.startsWith('sql.ddl.')) continue;
    for (const { kind, name } of objects) {
      if (kind === 'index') continue;
      if (!NAMED_KINDS.has(kind)) return 'all';
      names.add(lastPartOf(name));
    }
  }
  return names;
}

/** The environment of the next statement of the same text. */
export function afterStatement(env: SqlEnvironment, statement: SqlStatement): SqlEnvironment {
  let next = env;
  const isPlain =
    statement.transaction === undefined &&
    statement.settings.length === 0 &&
    statement.prepared === undefined &&
    statement.cursor === undefined &&
    statement.staleNames !== 'all' &&
    statement.staleNames.size === 0 &&
    statement.roleChange === undefined;
  if (isPlain) return env;
  next = { ...next, staleNames: bothStale(env.staleNames, statement.staleNames) };
  next = withTransactionEnd(withSettings(next, statement), statement);
  next = withPrepared(next, statement);
  return withCursor(next, statement);
}

/** Transaction control after which settings and objects may be what they were before. */
const ENDS: ReadonlySet<TransactionControl> = new Set<TransactionControl>([
  'commit',
  'rollback',
  'rollback-to',
  'prepare',
]);

/** The end of a transaction takes SET LOCAL back, or everything; what was before is not known here. */
function withTransactionEnd(env: SqlEnvironment, { transaction }: SqlStatement): SqlEnvironment {
  if (transaction === undefined || !ENDS.has(transaction) || env.changedInTransaction === false) return env;
  return { ...env, staleNames: 'all' };
}

function bothStale(a: StaleNames | undefined, b: StaleNames): StaleNames {
  if (a === 'all' || b === 'all') return 'all';
  return a === undefined ? b : new Set([...a, ...b]);
}

function withSettings(env: SqlEnvironment, { settings, roleChange }: SqlStatement): SqlEnvironment {
  let next = env;
  if (settings.length > 0 || roleChange !== undefined) next = { ...next, changedInTransaction: true };
  for (const { name, value } of settings) {
    if (name === 'search_path' && value !== undefined) next = { ...next, searchPath: value };
    // Back to a value that is not known here, or any setting at all.
    else if (name === 'search_path' || name === '*') next = { ...next, staleNames: 'all' };
  }
  if (roleChange === undefined || !next.searchPath.includes('$user')) return next;
  const role = roleChange.kind === 'reset' ? undefined : roleChange.role;
  return role === undefined ? { ...next, staleNames: 'all' } : { ...next, currentUser: role };
}

function withPrepared(env: SqlEnvironment, { prepared, text }: SqlStatement): SqlEnvironment {
  const before = env.prepared;
  switch (prepared?.kind) {
    case 'prepare':
      return { ...env, prepared: (name) => (name === prepared.name ? text : before?.(name)) };
    case 'deallocate':
      return { ...env, prepared: (name) => (name === prepared.name ? undefined : before?.(name)) };
    case 'deallocate-all':
      return { ...env, prepared: () => undefined };
    case 'execute':
    case undefined:
      return env;
  }
}

function withCursor(env: SqlEnvironment, { cursor, effects, outputs }: SqlStatement): SqlEnvironment {
  const before = env.cursors;
  switch (cursor?.kind) {
    case 'declare': {
      const open: OpenCursor = { effects, outputs };
      return { ...env, cursors: (name) => (name === cursor.name ? open : before?.(name)) };
    }
    case 'close':
      return { ...env, cursors: (name) => (name === cursor.name ? undefined : before?.(name)) };
    case 'close-all':
      return { ...env, cursors: () => undefined };
    case 'fetch':
    case 'move':
    case undefined:
      return env;
  }
}
