/**
 * What a statement would do, in the vocabulary of the design's section 4.
 * Structurally the same as policy-sdk's `Effect`, so it can be handed over as it is.
 */

/**
 * Every action of SQL. `sql.read.predicate` and `sql.read.derive` are added by whoever knows which columns are
 * masked, from `predicateColumns` and `derivedColumns`; the others are emitted here.
 */
export const SQL_ACTIONS = [
  'sql.read',
  'sql.read.predicate',
  'sql.read.derive',
  'sql.insert',
  'sql.update',
  'sql.delete',
  'sql.truncate',
  'sql.ddl.create',
  'sql.ddl.alter',
  'sql.ddl.drop',
  'sql.dcl.grant',
  'sql.dcl.revoke',
  'sql.dcl.role',
  'sql.copy.out',
  'sql.copy.in',
  'sql.call',
  'sql.io',
  'sql.session.set',
  'sql.session.role',
  'sql.transaction',
  'sql.lock',
  'sql.maintenance',
  'sql.notify',
  'sql.unknown',
] as const;

export type SqlAction = (typeof SQL_ACTIONS)[number];

/**
 * What kind of thing an object's name is. `any` with the name `*` stands for
 * "more than can be listed" and is covered only by a rule without an object limit.
 */
export type SqlObjectKind =
  | 'table'
  | 'view'
  | 'materialized-view'
  | 'foreign-table'
  | 'sequence'
  | 'index'
  | 'function'
  | 'type'
  | 'schema'
  | 'database'
  | 'role'
  | 'setting'
  | 'path'
  | 'program'
  | 'host'
  | 'server'
  | 'extension'
  | 'channel'
  | 'prepared'
  | 'cursor'
  | 'object'
  | 'any';

/**
 * A resolved object. `name` is `schema.table`, `schema.function`, a role, a path;
 * a part that holds a dot or a double quote is written quoted, as SQL would.
 * `parts` lists the columns touched, sorted; absent means all of it.
 */
export interface SqlObject {
  readonly kind: SqlObjectKind;
  readonly name: string;
  readonly parts?: readonly string[];
}

/** One action on objects. `readOnly` is true only where it is known to change nothing. */
export interface SqlEffect {
  readonly action: SqlAction;
  readonly objects: readonly SqlObject[];
  readonly readOnly: boolean;
}

/** Actions that never change anything on the server. */
const READ_ONLY: ReadonlySet<SqlAction> = new Set<SqlAction>([
  'sql.read',
  'sql.read.predicate',
  'sql.read.derive',
  'sql.copy.out',
  'sql.session.set',
  'sql.session.role',
  'sql.transaction',
]);

/** Whether an action is known to leave the target unchanged. */
export function isReadOnlyAction(action: SqlAction): boolean {
  return READ_ONLY.has(action);
}
