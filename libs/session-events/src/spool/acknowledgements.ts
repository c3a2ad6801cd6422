type Done = (error?: Error) => void;

/** Callbacks that wait until JetStream has everything up to a position; positions come in rising order. */
export class Acknowledgements {
  #waiting: { readonly position: number; readonly done: Done }[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(position: number, done: Done): void {
    this.#waiting.push({ position, done });
  }

  /** Everything before `position` is acknowledged. */
  reached(position: number): void {
    const next = this.#waiting.findIndex((waiter) => waiter.position > position);
    const ready = this.#waiting.splice(0, next === -1 ? this.#waiting.length : next);
    for (const { done } of ready) done();
  }

  /** Nothing more will be acknowledged by this process. */
  fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done(error);
  }
}
