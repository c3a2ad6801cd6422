/**
 * Keeps refusals in order with answers: one that the door makes waits until
 * the target has answered what came before it (STYLE: a denial queues behind
 * outstanding replies).
 */
export class RequestOrder {
  readonly #awaited = new Set<number>();
  #last = 0;
  readonly #waiting: { readonly behind: number; readonly go: () => void }[] = [];

  /** How many requests the target has not answered. */
  get awaited(): number {
    return this.#awaited.size;
  }

  /** A request is on its way; the result is called when it is answered, before its answer is handed on. */
  sent(): () => void {
    const number = ++this.#last;
    this.#awaited.add(number);
    return () => {
      this.#awaited.delete(number);
    };
  }

  /** Runs when all requests that are on their way now are answered. */
  behind(go: () => void): void {
    this.#waiting.push({ behind: this.#last, go });
    this.release();
  }

  /** After an answer was handed on. */
  release(): void {
    for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
      const [oldest] = this.#awaited;
      if (oldest !== undefined && oldest <= head.behind) return;
      this.#waiting.shift();
      head.go();
    }
  }
}
