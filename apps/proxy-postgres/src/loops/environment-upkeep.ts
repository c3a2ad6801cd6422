import type { TransactionStatus } from '@sallyport/codec-postgres';
import type { SqlCatalog } from '@sallyport/sql-inspect';
import type { CatalogLease, CatalogReader } from '../stages/classify/catalog-store.ts';
import type { SessionEnvironment } from '../stages/classify/session-environment.ts';
import { readSessionProbe, SESSION_PROBE } from '../stages/classify/session-probe.ts';
import type { Outbox } from '../stages/forward/outbox.ts';
import { ownQueries, type OwnRows } from '../stages/forward/own-query.ts';
import type { Settling } from './settling.ts';

export interface EnvironmentUpkeepOptions {
  readonly environment: SessionEnvironment;
  readonly lease: CatalogLease;
  readonly reader: CatalogReader;
  readonly outbox: Outbox;
  readonly settling: Settling;
  readonly status: () => TransactionStatus;
  /** Whether messages of the client were sent since its last Sync; see ownQuery. */
  readonly batchIsOpen: () => boolean;
}

/**
 * Keeps what is known of the session true: before a statement is classified,
 * whatever may have changed is asked of the server, over the session's own
 * connection where only that can tell.
 */
export class EnvironmentUpkeep {
  readonly #options: EnvironmentUpkeepOptions;

  constructor(options: EnvironmentUpkeepOptions) {
    this.#options = options;
  }

  /** Null: everything is up to date. Else wait; what could not be learnt stays stale. */
  ensure(): Promise<void> | null {
    const { environment, lease } = this.#options;
    if (environment.isStale) return this.#update();
    if (!environment.needsOwnCatalog) {
      const catalog = lease.current();
      if (catalog === null) return this.#update();
      environment.useCatalog(catalog);
    }
    return null;
  }

  /** Names were not found: the catalog may be behind. */
  async refreshCatalog(): Promise<void> {
    this.#options.environment.stale.catalog = true;
    await this.#update();
  }

  async #update(): Promise<void> {
    const { environment, settling, status } = this.#options;
    await settling.wait();
    const { stale } = environment;
    stale.names = false;
    // In a failed transaction the server answers nothing; only its end can follow, and that needs no names.
    if (status() === 'failed-transaction') return;
    if (stale.opaque) await this.#reconcileNames();
    if (stale.session) await this.#probe();
    if (stale.catalog || environment.catalog === null || !environment.needsOwnCatalog) await this.#reload();
  }

  async #probe(): Promise<void> {
    const rows = await this.#query(SESSION_PROBE);
    const facts = rows === null ? null : readSessionProbe(rows);
    if (facts !== null) this.#options.environment.update(facts);
  }

  async #reload(): Promise<void> {
    const { environment, lease } = this.#options;
    if (environment.needsOwnCatalog) {
      const catalog = await this.#loadOwn();
      if (catalog !== null) {
        environment.useCatalog(catalog);
        environment.stale.catalog = false;
      }
      return;
    }
    await lease.ready;
    if (environment.stale.catalog || lease.current() === null) await lease.refresh();
    const catalog = lease.current();
    if (catalog === null) return;
    environment.useCatalog(catalog);
    environment.stale.catalog = false;
  }

  async #loadOwn(): Promise<SqlCatalog | null> {
    try {
      return await this.#options.reader.load(async (sql) => {
        const answers = await this.#queries([PIN_SEARCH_PATH, sql, RESTORE_SEARCH_PATH]);
        const rows = answers?.[1];
        if (rows === undefined) throw new Error('the catalog could not be read on the session itself');
        return rows;
      });
    } catch {
      // Stays stale: nothing is classified with a catalog that is not known to be right.
      return null;
    }
  }

  /** After code ran that could not be read: what is prepared or open may be other than what was noted. */
  async #reconcileNames(): Promise<void> {
    const { environment } = this.#options;
    const prepared = await this.#query('SELECT name, statement FROM pg_catalog.pg_prepared_statements');
    const cursors = await this.#query('SELECT name, statement FROM pg_catalog.pg_cursors');
    if (prepared === null || cursors === null) {
      environment.forgetNames();
      return;
    }
    environment.reconcileNames(new Map(prepared.map(toEntry)), new Map(cursors.map(toEntry)));
  }

  /** Null: the server did not answer as asked. */
  async #query(sql: string): Promise<OwnRows | null> {
    const answers = await this.#queries([sql]);
    return answers?.[0] ?? null;
  }

  async #queries(queries: readonly string[]): Promise<readonly OwnRows[] | null> {
    const { outbox, batchIsOpen, settling } = this.#options;
    const asked = ownQueries(queries, batchIsOpen() ? 'flush' : 'sync');
    outbox.add({ items: [...asked.items], unrecorded: 0 });
    const outcome = await asked.outcome;
    await settling.wait();
    return 'failed' in outcome ? null : outcome;
  }
}

/**
 * The queries that read a catalog resolve their own names through search_path,
 * which is the caller's here. It is set aside for the one transaction, with its
 * value kept in a setting that nobody reads.
 */
const PIN_SEARCH_PATH = [
  "SELECT pg_catalog.set_config('sallyport.search_path', pg_catalog.current_setting('search_path'), true)",
  "pg_catalog.set_config('search_path', 'pg_catalog', true)",
].join(', ');
const RESTORE_SEARCH_PATH =
  "SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('sallyport.search_path'), true)";

function toEntry(row: readonly (string | null)[]): [string, string] {
  return [row[0] ?? '', row[1] ?? ''];
}
