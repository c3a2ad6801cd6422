import type { ColumnSources } from './column-ref.ts';
import type { SqlEffect } from './effect.ts';

/** One column of a result, with where its values can come from. */
export interface SqlOutput {
  readonly name: string;
  readonly sources: ColumnSources;
  /**
   * True where each value is a value of one of the sources as it is stored (also
   * through a subquery, a view, a cast to text), false or absent where it was
   * computed. A mask that shows a part of a value, or keeps NULL or equality, hides
   * nothing of a computed one: `reverse(ssn)`, `left(ssn, 4)`, `nullif(ssn, 'guess')`.
   * Redact those as a whole, NULLs too.
   */
  readonly isDirect?: boolean;
}

/**
 * Columns of a result, in order. `none`: no rows come back. `unknown`: rows come
 * back, but their columns could not be told; every one of them is unknown.
 */
export type SqlOutputs = readonly SqlOutput[] | 'none' | 'unknown';

export type TransactionControl =
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'savepoint'
  | 'release'
  | 'rollback-to'
  | 'prepare'
  | 'commit-prepared'
  | 'rollback-prepared'
  | 'set';

/** A change of a session setting that the proxy has to know of. */
export interface SettingChange {
  /** Lower-case name, or `*` for RESET ALL, DISCARD ALL and names that are not literal. */
  readonly name: string;
  /** New value as list items; undefined for a reset to the default, or where it is not literal. */
  readonly value: readonly string[] | undefined;
  readonly kind: 'set' | 'set-local' | 'reset';
  /**
   * True where the setting changes how later text is read or written, so that
   * later inspections would be wrong (standard_conforming_strings,
   * client_encoding other than UTF8, ...). Refuse it.
   */
  readonly breaksInspection: boolean;
}

export type RoleChange =
  | { readonly kind: 'role' | 'session-authorization'; readonly role: string | undefined }
  | { readonly kind: 'reset' };

export interface CopyInfo {
  readonly direction: 'in' | 'out';
  readonly endpoint: 'client' | 'file' | 'program';
  readonly format: 'text' | 'csv' | 'binary';
  readonly delimiter: string | undefined;
  readonly header: boolean;
  /** Columns written by COPY IN, in order; undefined for COPY OUT. */
  readonly columns: readonly string[] | undefined;
}

export interface CursorChange {
  readonly kind: 'declare' | 'fetch' | 'move' | 'close' | 'close-all';
  readonly name: string | undefined;
}

export interface PreparedChange {
  readonly kind: 'prepare' | 'execute' | 'deallocate' | 'deallocate-all';
  readonly name: string | undefined;
  /** SQL text of what is prepared. */
  readonly sql: string | undefined;
}

/** A relation that a statement reads or writes, after views and functions were looked into. */
export interface RelationTouch {
  readonly name: string;
  readonly oid: number;
  readonly mode: 'read' | 'write';
}

/** One statement of a text. Positions are bytes of the UTF-8 text; `text` has no space around it and no comment before it. */
export interface SqlStatement {
  /** Command as the server's tag would begin: `SELECT`, `CREATE TABLE`. */
  readonly tag: string;
  readonly startByte: number;
  readonly endByte: number;
  readonly text: string;
  /** `text` without the secrets it carries (passwords, connection strings); equal to it where there are none. */
  readonly redactedText: string;
  readonly effects: readonly SqlEffect[];
  readonly outputs: SqlOutputs;
  /** Base columns that decide which rows, in which order or in which groups. */
  readonly predicateColumns: ColumnSources;
  /** Base columns whose values are written elsewhere or handed to something with effects. */
  readonly derivedColumns: ColumnSources;
  readonly touches: readonly RelationTouch[];
  /**
   * Names that were not found in the catalog, or are ambiguous. Not empty: refresh
   * the catalog and inspect again; still not empty: refuse (`statement_not_understood`).
   * Such a statement also carries `sql.unknown`, so forgetting to look is not a hole.
   */
  readonly unresolved: readonly string[];
  /** True where a literal decides the result, so that it must not be cached by `literalFreeKey`. */
  readonly literalSensitive: boolean;
  /** True where tables, views, functions... may be others afterwards: refresh the catalog before the next one. */
  readonly changesCatalog: boolean;
  /** Names that may mean something else afterwards, for `SqlEnvironment.staleNames`. */
  readonly staleNames: ReadonlySet<string> | 'all';
  /** True where the answer depends on the session's prepared statements or cursors: do not cache it. */
  readonly sessionSensitive: boolean;
  readonly settings: readonly SettingChange[];
  readonly roleChange: RoleChange | undefined;
  readonly transaction: TransactionControl | undefined;
  readonly copy: CopyInfo | undefined;
  readonly cursor: CursorChange | undefined;
  readonly prepared: PreparedChange | undefined;
  /** True where the statement may run text or code that could not be read (DO, dynamic SQL, unknown functions). */
  readonly opaque: boolean;
  /** Numbers of the parameters used; highest first is the count a Bind needs. */
  readonly parameters: readonly number[];
}

/** Why a text could not be inspected. Closed; the proxy maps it to `statement_not_understood` or `statement_too_large`. */
export type InspectionFailure =
  'syntax' | 'too-large' | 'too-complex' | 'not-utf8' | 'contains-nul' | 'backslash-without-standard-strings';

export type SqlInspection =
  | { readonly ok: true; readonly statements: readonly SqlStatement[]; readonly literalSensitive: boolean }
  | {
      readonly ok: false;
      readonly reason: InspectionFailure;
      /** The parser's own message; holds pieces of the text, so never log it. */
      readonly message: string;
      /** Position in characters from 1, as the server reports it, where known. */
      readonly position: number | undefined;
    };
