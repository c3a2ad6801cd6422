import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** An `ssh` with `cat` at its other end, and one byte at a time under way. */
export class EchoSession implements AsyncDisposable {
  readonly #child;
  readonly #closed: Promise<unknown>;
  #said = '';

  constructor(args: readonly string[]) {
    this.#child = spawn('ssh', [...args, 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#closed = once(this.#child, 'close');
    // A write to an ssh that has ended: its end is what echo() reports.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (data: Buffer) => (this.#said += data.toString()));
  }

  /** Seconds until one byte is back. @throws Error when ssh ends instead */
  async echo(): Promise<number> {
    const started = performance.now();
    const back = new Promise<number>((resolve, reject) => {
      const end = (): void => reject(new Error(`ssh ended in the middle of an echo: ${this.#said.trim()}`));
      this.#child.once('close', end);
      this.#child.stdout.once('data', () => {
        this.#child.off('close', end);
        resolve((performance.now() - started) / 1000);
      });
    });
    this.#child.stdin.write('x');
    return back;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
  }
}
