import type { SqlCatalog } from './catalog.ts';
import type { SqlOutputs } from './inspection.ts';
import type { SqlEffect } from './effect.ts';

/** What a cursor or portal, opened earlier in the session, reads and returns. */
export interface OpenCursor {
  readonly effects: readonly SqlEffect[];
  readonly outputs: SqlOutputs;
}

/**
 * The session that a statement runs in, as the proxy tracks it. A wrong value
 * here is a wrong answer there: after every statement with `changesSession` or
 * `changesCatalog`, bring it up to date before the next one is inspected.
 */
export interface SqlEnvironment {
  readonly catalog: SqlCatalog;
  /** As set, in order, without quotes: `['$user', 'public']`. `$user` and the implicit schemas are added here. */
  readonly searchPath: readonly string[];
  /** Role that names are resolved as (after SET ROLE). */
  readonly currentUser: string;
  /** SQL text of a statement prepared by PREPARE or by a named Parse. */
  readonly prepared?: (name: string) => string | undefined;
  /** A cursor of DECLARE, or a named portal. */
  readonly cursors?: (name: string) => OpenCursor | undefined;
  /** The session's standard_conforming_strings; absent means on. Off refuses every text that holds a backslash. */
  readonly standardConformingStrings?: boolean;
  /**
   * Names that may mean something else than the catalog says, because they were
   * made, changed or dropped since it was loaded; `all` where that cannot be
   * listed. A statement that uses one is unresolved. Used between the statements
   * of one text; a proxy that cannot refresh at once may use it too.
   */
  readonly staleNames?: ReadonlySet<string> | 'all';
  /**
   * Whether a setting, the role or a table was changed since the transaction
   * began, which its end may take back. False where no transaction is open.
   * Absent counts as true: names after a COMMIT in the same text are then unresolved.
   */
  readonly changedInTransaction?: boolean;
  /** Longest text taken, in bytes; absent means `MAX_SQL_BYTES`. */
  readonly maxBytes?: number;
}
