/** Messages for one stream, in order, until it is closed; what is queued then is still given. */
export class MessageQueue<T> implements AsyncIterable<T> {
  readonly #maxQueued: number;
  readonly #queue: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  /** With more than `maxQueued` waiting, the reader is too slow: the queue drops them and closes. */
  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  get closed(): boolean {
    return this.#closed;
  }

  push(message: T): void {
    if (this.#closed) return;
    if (this.#queue.length >= this.#maxQueued) {
      this.#queue.length = 0;
      this.close();
      return;
    }
    this.#queue.push(message);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const next = this.#queue.shift();
      if (next !== undefined) yield next;
      else if (this.#closed) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
