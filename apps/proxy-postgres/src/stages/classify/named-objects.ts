/**
 * Prepared statements or portals of one session by name, as the server has
 * them. What is asked for becomes true only when the server says so; until
 * then it counts within its own batch (up to the next Sync) alone, where
 * nothing runs unless it succeeded. Anybody else has to wait for the answer.
 */
export class NamedObjects<Value> {
  readonly #known = new Map<string, Value>();
  readonly #pending = new Map<string, { readonly value: Value; readonly batch: number }>();

  /** What a name means to a message of `batch`; `unsettled` while an earlier batch's answer is still awaited. */
  lookUp(name: string, batch: number): Value | 'unsettled' | undefined {
    const pending = this.#pending.get(name);
    if (pending === undefined) return this.#known.get(name);
    return pending.batch === batch ? pending.value : 'unsettled';
  }

  /** What the server is known to have. */
  known(name: string): Value | undefined {
    return this.#known.get(name);
  }

  /** A message is sent that gives a name a meaning. `done` or `dropped` follows, once. */
  propose(name: string, value: Value, batch: number): { done: () => void; dropped: () => void } {
    const proposal = { value, batch };
    this.#pending.set(name, proposal);
    const settle = () => {
      if (this.#pending.get(name) === proposal) this.#pending.delete(name);
    };
    return {
      done: () => {
        settle();
        this.#known.set(name, value);
      },
      dropped: settle,
    };
  }

  set(name: string, value: Value): void {
    this.#known.set(name, value);
  }

  delete(name: string): void {
    this.#known.delete(name);
  }

  clear(): void {
    if (this.#known.size > 0) this.#known.clear();
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#known.entries();
  }
}
