import { Worker } from 'node:worker_threads';
import type { CatalogRow, OpenCursor, SqlCatalog, SqlEnvironment } from '@sallyport/sql-inspect';
import type { LargeTextAnswer, LargeTextCommand, PlainEnvironment } from './large-text-messages.ts';

/** The session's names, beside what `SqlEnvironment` tells: which there are. */
export interface SessionNames {
  readonly prepared: Iterable<string>;
  readonly cursors: Iterable<string>;
}

/** The part of a worker thread that is used here. */
export interface InspectionThread {
  postMessage(command: LargeTextCommand): void;
  on(event: 'message', listener: (answer: LargeTextAnswer) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  unref(): void;
  terminate(): unknown;
}

export interface LargeTextInspectorOptions {
  /** Rows that a catalog was built from; undefined: they are not there any more. */
  readonly rowsOf: (catalog: SqlCatalog) => readonly CatalogRow[] | undefined;
  readonly startThread?: () => InspectionThread;
  /** One text's time in the thread, with that of its catalog. */
  readonly deadlineMs?: number;
  /** Texts that may wait for their turn. */
  readonly maxWaiting?: number;
}

interface Job {
  readonly sql: string;
  readonly catalog: SqlCatalog;
  readonly environment: PlainEnvironment;
  readonly settle: (answer: LargeTextAnswer | null) => void;
}

const DEADLINE_MS = 10_000;
const MAX_WAITING = 100;
/** Catalogs that the thread keeps; the one that came first goes first. */
const MAX_CATALOGS = 4;

/**
 * Inspects large texts in one thread of their own, started with the first of
 * them and one text at a time. A text that takes too long ends the thread with
 * it; the next one gets a new thread.
 */
export class LargeTextInspector {
  readonly #options: LargeTextInspectorOptions;
  readonly #waiting: Job[] = [];
  #thread: InspectionThread | null = null;
  #job: Job | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Catalogs that the thread has, in the order in which they came. */
  readonly #sent = new Map<SqlCatalog, number>();
  #catalogs = 0;

  constructor(options: LargeTextInspectorOptions) {
    this.#options = options;
  }

  /** Null: it could not be inspected, or not in time. Never rejects. */
  inspect(sql: string, environment: SqlEnvironment, names: SessionNames): Promise<LargeTextAnswer | null> {
    if (this.#waiting.length >= (this.#options.maxWaiting ?? MAX_WAITING)) return Promise.resolve(null);
    return new Promise((settle) => {
      const plain = plainEnvironment(environment, names);
      this.#waiting.push({ sql, catalog: environment.catalog, environment: plain, settle });
      this.#next();
    });
  }

  /** Ends the thread; what waits is answered with null. */
  stop(): void {
    for (const { settle } of this.#waiting.splice(0)) settle(null);
    this.#lost();
  }

  #next(): void {
    if (this.#job !== null) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#job = job;
    this.#timer = setTimeout(() => {
      this.#lost();
    }, this.#options.deadlineMs ?? DEADLINE_MS);
    this.#timer.unref();
    try {
      this.#give(job);
    } catch {
      // No thread can be had, or it does not take the text: then it cannot be inspected.
      this.#lost();
    }
  }

  #give({ sql, catalog, environment }: Job): void {
    const thread = this.#running();
    const catalogId = this.#sendCatalog(thread, catalog);
    if (catalogId === null) this.#done(null);
    else thread.postMessage({ type: 'inspect', catalogId, sql, environment });
  }

  #running(): InspectionThread {
    if (this.#thread !== null) return this.#thread;
    const thread = (this.#options.startThread ?? startThread)();
    this.#thread = thread;
    thread.on('message', (answer) => {
      if (thread === this.#thread) this.#done(answer);
    });
    for (const event of ['error', 'exit'] as const) {
      thread.on(event as 'exit', () => {
        if (thread === this.#thread) this.#lost();
      });
    }
    // After the listeners, which would hold it: a process that ends does not wait for its thread.
    thread.unref();
    return thread;
  }

  #sendCatalog(thread: InspectionThread, catalog: SqlCatalog): number | null {
    const known = this.#sent.get(catalog);
    if (known !== undefined) return known;
    const rows = this.#options.rowsOf(catalog);
    if (rows === undefined) return null;
    const [oldest] = this.#sent;
    if (oldest !== undefined && this.#sent.size >= MAX_CATALOGS) {
      this.#sent.delete(oldest[0]);
      thread.postMessage({ type: 'forget', catalogId: oldest[1] });
    }
    const catalogId = ++this.#catalogs;
    this.#sent.set(catalog, catalogId);
    thread.postMessage({ type: 'catalog', catalogId, rows });
    return catalogId;
  }

  #done(answer: LargeTextAnswer | null): void {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = null;
    job?.settle(answer);
    this.#next();
  }

  /** The thread failed or took too long: what it was at is not known, so it is gone with all it had. */
  #lost(): void {
    const thread = this.#thread;
    this.#thread = null;
    this.#sent.clear();
    void thread?.terminate();
    this.#done(null);
  }
}

function startThread(): InspectionThread {
  return new Worker(new URL('./large-text-worker.ts', import.meta.url), { name: 'large-texts' });
}

/** Of all that a session prepared this much is sent along, in characters; a name that is left out is unresolved, and refused. */
const MAX_NAMED_CHARACTERS = 4 * 1024 * 1024;

function plainEnvironment(environment: SqlEnvironment, names: SessionNames): PlainEnvironment {
  const { searchPath, currentUser, standardConformingStrings = true } = environment;
  const prepared: [string, string][] = [];
  let left = MAX_NAMED_CHARACTERS;
  for (const name of names.prepared) {
    const text = environment.prepared?.(name);
    left -= text?.length ?? 0;
    if (left < 0) break;
    if (text !== undefined) prepared.push([name, text]);
  }
  const cursors: [string, OpenCursor][] = [];
  for (const name of names.cursors) {
    const cursor = environment.cursors?.(name);
    if (cursor !== undefined) cursors.push([name, { effects: cursor.effects, outputs: cursor.outputs }]);
  }
  return { searchPath, currentUser, standardConformingStrings, prepared, cursors };
}
