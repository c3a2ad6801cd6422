/**
 * Requests that may change where paths lead and are not answered yet. A path
 * is looked up only after them, so that a link that is asked for right before
 * it cannot lead it elsewhere unseen.
 */
export class NameChanges {
  readonly #pending = new Set<Promise<void>>();

  /** One more; call the result when it is answered, or when it waits for approval. */
  begin(): () => void {
    let settle: () => void = () => undefined;
    const pending = new Promise<void>((resolve) => {
      settle = resolve;
    });
    this.#pending.add(pending);
    return () => {
      this.#pending.delete(pending);
      settle();
    };
  }

  /** Resolves when all that began before are over; at once, where there are none. */
  async settled(): Promise<void> {
    if (this.#pending.size > 0) await Promise.all(this.#pending);
  }
}
