import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** One running program. */
export interface Running {
  readonly pid: number;
  /** Settles when it has ended. */
  readonly exited: Promise<number | string>;
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  /** Told at each start and end, with the process ids that run now. */
  readonly onChange: (processes: Readonly<Record<string, number>>) => void;
  readonly logFile: string;
}

const RESTART_DELAY_MS = 200;
const MAX_RESTARTS = 50;

/**
 * Keeps programs running: one that ends by itself is started again. Stopping ends them in
 * the reverse order of their start, so that what others depend on goes last.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, Running>();
  readonly #order: string[] = [];
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts a program and waits until it is ready, as `start` says. */
  async start(name: string, start: () => Promise<Running>): Promise<void> {
    await this.#run(name, start);
    this.#order.push(name);
    void this.#keepUp(name, start);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const name of this.#order.toReversed()) {
      await this.#running.get(name)?.stop();
      this.#running.delete(name);
      this.#changed(`${name} stopped`);
    }
  }

  async #run(name: string, start: () => Promise<Running>): Promise<void> {
    const running = await start();
    this.#running.set(name, running);
    this.#changed(`${name} runs as process ${running.pid}`);
    if (this.#stopping) await running.stop();
  }

  async #keepUp(name: string, start: () => Promise<Running>): Promise<void> {
    for (let restarts = 0; restarts < MAX_RESTARTS; restarts += 1) {
      const code = await this.#running.get(name)?.exited;
      if (this.#stopping) return;
      this.log(`${name} ended with ${code ?? 'nothing'}; starting it again`);
      await delay(RESTART_DELAY_MS);
      try {
        await this.#run(name, start);
      } catch (error) {
        this.log(
          `${name} could not be started again: ${error instanceof Error ? error.message : 'unknown reason'}`,
        );
      }
    }
    this.log(`${name} ended ${MAX_RESTARTS} times; it stays down`);
  }

  #changed(line: string): void {
    this.log(line);
    this.#options.onChange(Object.fromEntries([...this.#running].map(([name, { pid }]) => [name, pid])));
  }

  /** A line into the supervisor's log file. */
  log(line: string): void {
    appendFileSync(this.#options.logFile, `${new Date().toISOString()} ${line}\n`);
  }
}
