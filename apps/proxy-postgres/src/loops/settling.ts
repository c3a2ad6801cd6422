/** Waits until nothing is owed and nothing waits to be sent. */
export class Settling {
  readonly #isSettled: () => boolean;
  #waiting: (() => void)[] = [];
  #interruptions: (() => void)[] = [];

  constructor(isSettled: () => boolean) {
    this.#isSettled = isSettled;
  }

  wait(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Resolves when the server asks for something in the middle: COPY data. */
  interrupted(): Promise<void> {
    return new Promise((resolve) => {
      this.#interruptions.push(resolve);
    });
  }

  interrupt(): void {
    for (const resolve of this.#interruptions.splice(0)) resolve();
  }

  /** Called whenever something was answered. */
  check(): void {
    if (this.#waiting.length === 0 || !this.#isSettled()) return;
    this.#interruptions = [];
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
