import { eventually } from '@sallyport/testing';
import type { ChildProcess } from 'node:child_process';

/** A client program with a terminal on the far side: types, and looks at the screen. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly ended: Promise<number>;
  #screen = '';
  #seen = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.#screen += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.#screen += chunk.toString()));
    child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.on('close', (code) => {
        resolve(code ?? -1);
      });
    });
  }

  /** Everything shown so far. */
  get screen(): string {
    return this.#screen;
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits until something new is shown that matches, and gives all that came up to its end. */
  async shows(what: string | RegExp): Promise<string> {
    let text = '';
    const find = () => {
      const rest = this.#screen.slice(this.#seen);
      const found = typeof what === 'string' ? rest.indexOf(what) : rest.search(what);
      if (found < 0) return false;
      const length = typeof what === 'string' ? what.length : (what.exec(rest)?.[0].length ?? 0);
      text = rest.slice(0, found + length);
      this.#seen += found + length;
      return true;
    };
    await eventually(`the terminal shows ${String(what)}`, find, { timeoutMs: 5000 }).catch(
      (error: unknown) => {
        throw new Error(`it shows ${this.#screen.slice(-600)}`, { cause: error });
      },
    );
    return text;
  }

  close(): void {
    this.#child.kill();
  }
}
