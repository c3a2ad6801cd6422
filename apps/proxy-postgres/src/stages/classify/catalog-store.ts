import type { SqlCatalog } from '@sallyport/sql-inspect';
import { toAccessError, type AccessError } from '@sallyport/errors';
import type { QueryRows } from './query-connection.ts';

/** A connection of the store's own to one database. */
export interface CatalogConnection {
  readonly closed: boolean;
  query(sql: string, timeoutMs: number): Promise<QueryRows>;
  close(): void;
}

/** How a catalog is read; see load-catalog.ts. */
export interface CatalogReader {
  load(query: (sql: string) => Promise<QueryRows>): Promise<SqlCatalog>;
  fingerprint(query: (sql: string) => Promise<QueryRows>): Promise<string>;
}

export interface CatalogStoreOptions {
  readonly reader: CatalogReader;
  readonly pollMs: number;
  /** How long a catalog is kept after its last session, so that short sessions do not read it each time. */
  readonly lingerMs: number;
  readonly queryTimeoutMs: number;
  /** A catalog that could not be checked for this long is not used any more. */
  readonly maxAgeMs: number;
  readonly now: () => number;
  readonly onProblem: (error: AccessError) => void;
}

/** One session's hold on a catalog. */
export interface CatalogLease {
  /** Null: it could not be read, or not checked for too long. */
  current(): SqlCatalog | null;
  /** Resolves when the first attempt to read it is over. */
  readonly ready: Promise<void>;
  /** Reads it again if the server says that it changed since. Resolves also when that fails: `current` tells. */
  refresh(): Promise<void>;
  release(): void;
}

/**
 * Catalogs by database, shared by all sessions on it: read over a connection
 * of their own, looked at every other second while there are sessions, and
 * dropped some time after the last one.
 */
export class CatalogStore {
  readonly #options: CatalogStoreOptions;
  readonly #entries = new Map<string, CatalogEntry>();

  constructor(options: CatalogStoreOptions) {
    this.#options = options;
  }

  /** @param key one target, database and login @param connect opens a connection; used again whenever it is lost */
  acquire(key: string, connect: () => Promise<CatalogConnection>): CatalogLease {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = new CatalogEntry(connect, this.#options);
      this.#entries.set(key, entry);
    }
    const held = entry;
    const ready = held.enter();
    let released = false;
    return {
      current: () => held.current(),
      ready,
      refresh: () => held.refresh(),
      release: () => {
        if (released) return;
        released = true;
        held.leave(() => {
          if (this.#entries.get(key) === held) this.#entries.delete(key);
        });
      },
    };
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.close();
    this.#entries.clear();
  }
}

class CatalogEntry {
  #users = 0;
  readonly #connect: () => Promise<CatalogConnection>;
  readonly #options: CatalogStoreOptions;
  #connection: CatalogConnection | null = null;
  #catalog: SqlCatalog | null = null;
  #fingerprint = '';
  #checkedAt = 0;
  #entered: Promise<void> = Promise.resolve();
  #running: Promise<void> | null = null;
  /** A refresh asked for while one runs must look again: the one that runs may have looked before the change. */
  #queued: Promise<void> | null = null;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(connect: () => Promise<CatalogConnection>, options: CatalogStoreOptions) {
    this.#connect = connect;
    this.#options = options;
  }

  /** One more session; resolves when the catalog was looked at once since. */
  enter(): Promise<void> {
    if (++this.#users > 1) return this.#entered;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#entered = this.refresh().then(() => {
      if (this.#users > 0) this.#schedule();
    });
    return this.#entered;
  }

  /** One session less; after the last one, and some time, `gone` is called and the connection closed. */
  leave(gone: () => void): void {
    if (--this.#users > 0) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      gone();
      this.close();
    }, this.#options.lingerMs);
    this.#timer.unref();
  }

  current(): SqlCatalog | null {
    const tooOld = this.#options.now() - this.#checkedAt > this.#options.maxAgeMs;
    return tooOld ? null : this.#catalog;
  }

  refresh(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#look().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#queued ??= this.#running.then(() => {
      this.#queued = null;
      return this.refresh();
    });
    return this.#queued;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#connection?.close();
  }

  #schedule(): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.refresh().then(() => {
        if (this.#users > 0) this.#schedule();
      });
    }, this.#options.pollMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { reader, queryTimeoutMs, now } = this.#options;
    try {
      if (this.#connection === null || this.#connection.closed) this.#connection = await this.#connect();
      const connection = this.#connection;
      if (this.#closed) {
        connection.close();
        return;
      }
      const query = (sql: string) => connection.query(sql, queryTimeoutMs);
      const lookedAt = now();
      const fingerprint = await reader.fingerprint(query);
      if (this.#catalog === null || fingerprint !== this.#fingerprint) {
        this.#catalog = await reader.load(query);
        this.#fingerprint = fingerprint;
      }
      this.#checkedAt = lookedAt;
    } catch (thrown) {
      if (!this.#closed) this.#options.onProblem(toAccessError(thrown));
    }
  }
}
