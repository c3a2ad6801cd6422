import type { TransactionStatus } from '@sallyport/codec-postgres';
import type { OpenCursor, SqlCatalog, SqlEnvironment, SqlStatement } from '@sallyport/sql-inspect';
import type { KnownText } from './classify.ts';
import { NamedObjects } from './named-objects.ts';
import type { SessionFacts } from './session-probe.ts';

/** A statement prepared in the session, by PREPARE or by Parse. */
export interface PreparedText {
  readonly sql: string;
  /** The whole text that it came in, as the server's pg_prepared_statements shows it. */
  readonly source: string;
  readonly parameterTypes: readonly number[];
}

/** What must be brought up to date before the next statement can be understood. */
export interface Staleness {
  /** Outstanding answers decide which names there are. */
  names: boolean;
  /** Settings, role or temporary objects may be others. */
  session: boolean;
  /** Tables, views, functions may be others. */
  catalog: boolean;
  /** Code that could not be read ran, so names may stand for something else now. */
  opaque: boolean;
}

/** A cursor of the session. */
export interface NamedCursor extends OpenCursor {
  readonly holdable: boolean;
  readonly source: string;
}

/**
 * The session as far as it decides what a statement means. The server is asked
 * for it, never guessed: a statement that may change it makes it stale, and a
 * stale environment classifies nothing.
 */
export class SessionEnvironment {
  readonly prepared = new NamedObjects<PreparedText>();
  readonly cursors = new Map<string, NamedCursor>();
  readonly stale: Staleness = { names: false, session: true, catalog: false, opaque: false };
  #facts: SessionFacts | null = null;
  #catalog: SqlCatalog | null = null;
  #inspection: SqlEnvironment | null = null;
  /** Something of the session was changed in the transaction that is open, so its end may change it back. */
  #touchedInTransaction = false;
  #catalogTouchedInTransaction = false;

  get isStale(): boolean {
    return this.stale.names || this.stale.session || this.stale.catalog;
  }

  get facts(): SessionFacts | null {
    return this.#facts;
  }

  get catalog(): SqlCatalog | null {
    return this.#catalog;
  }

  /** Whether only the session's own connection sees what it needs: temporary tables, or DDL not yet committed. */
  get needsOwnCatalog(): boolean {
    return this.#catalogTouchedInTransaction || this.#facts?.hasTemporary === true;
  }

  update(facts: SessionFacts): void {
    this.#facts = facts;
    this.stale.session = false;
    this.#inspection = null;
  }

  useCatalog(catalog: SqlCatalog): void {
    if (this.#catalog === catalog) return;
    this.#catalog = catalog;
    this.#inspection = null;
  }

  /** The names that the session gave to statements and cursors. */
  get names(): { readonly prepared: Iterable<string>; readonly cursors: Iterable<string> } {
    return { prepared: Array.from(this.prepared.entries(), ([name]) => name), cursors: this.cursors.keys() };
  }

  /** What inspection needs; null while it is not known. The same object until something changes. */
  get inspection(): SqlEnvironment | null {
    if (this.#facts === null || this.#catalog === null) return null;
    this.#inspection ??= {
      catalog: this.#catalog,
      searchPath: this.#facts.searchPath,
      currentUser: this.#facts.currentUser,
      standardConformingStrings: this.#facts.standardConformingStrings,
      prepared: (name) => this.prepared.known(name)?.sql,
      cursors: (name) => this.cursors.get(name),
    };
    return this.#inspection;
  }

  /** A Query does away with the unnamed statement (protocol document, 55.2.3). */
  noteSimpleQuery(): void {
    this.prepared.delete('');
  }

  /** What names in a text mean, beside the text: an approval is bound to it. */
  context(database: string): readonly string[] {
    return [database, ...(this.#facts?.searchPath ?? [])];
  }

  /**
   * Why a classified text is refused although it was understood: what is known
   * of the session is out of date and the server cannot be asked, since its
   * transaction failed. What only ends that transaction may go on.
   */
  refusalWhileStale(
    classification: KnownText,
  ): { readonly code: 'statement_not_understood'; readonly message: string } | null {
    if (!this.isStale || classification.kind !== 'classified') return null;
    const ends = classification.text.statements.every(({ transaction }) => transaction !== undefined);
    if (ends && classification.text.statements.length <= 1) return null;
    return {
      code: 'statement_not_understood',
      message:
        'What names mean in this session is not known: roll back the failed transaction first, then send it again.',
    };
  }

  /** A statement that is about to be forwarded may change what later ones mean. */
  noteForwarded(statement: SqlStatement): void {
    if (statement.changesCatalog) {
      this.stale.catalog = true;
      this.#catalogTouchedInTransaction = true;
      this.stale.session = true;
      this.#touchedInTransaction = true;
    }
    if (statement.settings.length > 0 || statement.roleChange !== undefined || statement.opaque) {
      this.stale.session = true;
      this.#touchedInTransaction = true;
    }
    if (statement.opaque) this.stale.opaque = true;
    if (statement.transaction === 'rollback-to' && this.#touchedInTransaction) {
      this.stale.session = true;
      this.stale.catalog ||= this.#catalogTouchedInTransaction;
    }
    if (statement.prepared !== undefined || statement.cursor !== undefined) this.stale.names = true;
    // Until the server asked for its data, or ended it, nothing may follow that is not that data.
    if (statement.copy?.direction === 'in' && statement.copy.endpoint === 'client') this.stale.names = true;
  }

  /** A statement ran to its end: what it prepared, opened or closed by name is so now. */
  noteDone(statement: SqlStatement, source: string): void {
    const { prepared, cursor } = statement;
    if (prepared?.kind === 'deallocate-all') this.prepared.clear();
    if (prepared?.name !== undefined) {
      if (prepared.kind === 'deallocate') this.prepared.delete(prepared.name);
      if (prepared.kind === 'prepare' && prepared.sql !== undefined) {
        this.prepared.set(prepared.name, { sql: prepared.sql, source, parameterTypes: [] });
      }
    }
    if (cursor?.kind === 'close-all') this.cursors.clear();
    if (cursor?.kind === 'close' && cursor.name !== undefined) this.cursors.delete(cursor.name);
    if (cursor?.kind === 'declare' && cursor.name !== undefined) {
      // Whether it outlives its transaction is in the text; to keep one too long is the safe side only for names.
      const holdable = /\bwith\s+hold\b/i.test(statement.text);
      this.cursors.set(cursor.name, {
        effects: statement.effects,
        outputs: statement.outputs,
        holdable,
        source,
      });
    }
  }

  /** The server's own lists of names; whatever it does not have as it was noted is forgotten. */
  reconcileNames(prepared: ReadonlyMap<string, string>, cursors: ReadonlyMap<string, string>): void {
    for (const [name, { source }] of [...this.prepared.entries()]) {
      if (name !== '' && prepared.get(name) !== source) this.prepared.delete(name);
    }
    for (const [name, { source }] of [...this.cursors])
      if (cursors.get(name) !== source) this.cursors.delete(name);
    this.stale.opaque = false;
  }

  forgetNames(): void {
    this.prepared.clear();
    this.cursors.clear();
    this.stale.opaque = false;
  }

  /** ReadyForQuery: a transaction that ended may have taken back, or made visible, what was done in it. */
  noteReady(status: TransactionStatus): void {
    if (status !== 'idle') return;
    for (const [name, cursor] of this.cursors) if (!cursor.holdable) this.cursors.delete(name);
    if (this.#touchedInTransaction) this.stale.session = true;
    if (this.#catalogTouchedInTransaction) this.stale.catalog = true;
    this.#touchedInTransaction = false;
    this.#catalogTouchedInTransaction = false;
  }
}
