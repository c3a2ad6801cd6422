import type { SpoolFiles } from './spool-files.ts';

type Done = (error?: Error) => void;

/**
 * Group commit: one fdatasync is in flight at a time, and everything written
 * meanwhile waits for the next one, so that any number of waiters costs one
 * sync. Runs in the thread pool; the event loop goes on.
 *
 * After a failed sync the kernel may have dropped the data and a later sync
 * would succeed all the same, so that file's waiters fail for good and
 * `onFailure` tells the spool to write to another file.
 */
export class GroupSync {
  readonly #files: SpoolFiles;
  readonly #directory: string;
  readonly #onFailure: (fd: number, error: Error) => void;
  #fd: number | undefined;
  #directoryDirty = false;
  #waiting: Done[] = [];
  #retired: number[] = [];
  #running = false;

  constructor(files: SpoolFiles, directory: string, onFailure: (fd: number, error: Error) => void) {
    this.#files = files;
    this.#directory = directory;
    this.#onFailure = onFailure;
  }

  /** From now on records are written to `fd`, a new file. The file before is synced and closed. */
  switchTo(fd: number): void {
    if (this.#fd !== undefined) this.#retired.push(this.#fd);
    this.#fd = fd;
    this.#directoryDirty = true;
    this.#start();
  }

  /** Calls back when everything written up to now is on the disk. */
  request(done: Done): void {
    this.#waiting.push(done);
    this.#start();
  }

  #start(): void {
    if (this.#running || (this.#waiting.length === 0 && this.#retired.length === 0)) return;
    this.#running = true;
    const waiting = this.#waiting;
    const retired = this.#retired;
    this.#waiting = [];
    this.#retired = [];
    void this.#syncAll(retired, this.#fd).then((error) => {
      this.#running = false;
      for (const fd of retired) this.#files.close(fd);
      // Whoever came while it failed was written to the same file, and is as lost.
      if (error !== undefined) waiting.push(...this.#waiting.splice(0));
      for (const done of waiting) done(error);
      this.#start();
    });
  }

  async #syncAll(retired: readonly number[], current: number | undefined): Promise<Error | undefined> {
    const dirty = this.#directoryDirty;
    this.#directoryDirty = false;
    const fds = current === undefined ? retired : [...retired, current];
    const results = await Promise.all(fds.map((fd) => this.#sync(fd)));
    const first = results.find((error) => error !== undefined);
    const directoryError = dirty
      ? await settled((done) => {
          this.#files.syncDirectory(this.#directory, done);
        })
      : undefined;
    if (directoryError !== undefined) this.#directoryDirty = true;
    return first ?? directoryError;
  }

  async #sync(fd: number): Promise<Error | undefined> {
    const error = await settled((done) => {
      this.#files.datasync(fd, done);
    });
    if (error !== undefined) this.#onFailure(fd, error);
    return error;
  }
}

function settled(call: (done: (error: Error | null) => void) => void): Promise<Error | undefined> {
  return new Promise((resolve) => {
    try {
      call((error) => {
        resolve(error ?? undefined);
      });
    } catch (error) {
      resolve(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
