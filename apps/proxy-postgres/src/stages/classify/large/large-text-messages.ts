import type { CatalogRow, OpenCursor, SqlInspection } from '@sallyport/sql-inspect';

/** What of a session decides what a text means there, as it can be sent to another thread. */
export interface PlainEnvironment {
  readonly searchPath: readonly string[];
  readonly currentUser: string;
  readonly standardConformingStrings: boolean;
  /** Of the session's prepared statements and cursors those that the text may name. */
  readonly prepared: readonly (readonly [name: string, sql: string])[];
  readonly cursors: readonly (readonly [name: string, cursor: OpenCursor])[];
}

/** To the worker. A catalog is sent once, before the first text that needs it, and taken back when others need its place. */
export type LargeTextCommand =
  | { readonly type: 'catalog'; readonly catalogId: number; readonly rows: readonly CatalogRow[] }
  | { readonly type: 'forget'; readonly catalogId: number }
  | {
      readonly type: 'inspect';
      readonly catalogId: number;
      readonly sql: string;
      readonly environment: PlainEnvironment;
    };

/** From the worker: the answer to the one text that it was given last. */
export interface LargeTextAnswer {
  readonly inspection: SqlInspection;
  /** The text as it may be recorded. */
  readonly recordedText: string;
}
