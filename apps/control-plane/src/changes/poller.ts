import type { Logger } from '@sallyport/service-kit';

/** One thing to do each round. */
export interface PolledTask {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * Runs tasks one after the other, round after round, with a pause between; `nudge` starts
 * the next round at once, for who has just changed something. A task that fails is
 * logged when it begins to fail, and tried again in the next round.
 */
export class Poller implements AsyncDisposable {
  readonly #tasks: readonly PolledTask[];
  readonly #intervalMs: number;
  readonly #logger: Logger;
  readonly #failing = new Set<string>();
  readonly #done: Promise<void>;
  #wake: (() => void) | undefined;
  #nudged = false;
  #stopped = false;

  constructor(tasks: readonly PolledTask[], intervalMs: number, logger: Logger) {
    this.#tasks = tasks;
    this.#intervalMs = intervalMs;
    this.#logger = logger;
    this.#done = this.#loop();
  }

  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#done;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      this.#nudged = false;
      for (const task of this.#tasks) await this.#runTask(task);
      await this.#pause();
    }
  }

  async #runTask(task: PolledTask): Promise<void> {
    try {
      await task.run();
      if (this.#failing.delete(task.name)) this.#logger.info('polled task works again', { task: task.name });
    } catch (error) {
      if (this.#failing.has(task.name)) return;
      this.#failing.add(task.name);
      this.#logger.warn('polled task fails', { task: task.name, error });
    }
  }

  async #pause(): Promise<void> {
    if (this.#stopped || this.#nudged) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#intervalMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
