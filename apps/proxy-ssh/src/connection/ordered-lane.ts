/** One thing on its way through a lane. */
interface LaneEntry {
  ready: boolean;
  go: () => void;
}

/**
 * Keeps what goes one way through a channel in order, where some of it waits
 * for its record: things leave in the order in which they came, each once it
 * and all before it are ready.
 */
export class OrderedLane {
  readonly #entries: LaneEntry[] = [];
  #draining = false;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Takes something that can go as soon as it is its turn. */
  pass(go: () => void): void {
    if (this.#entries.length === 0 && !this.#draining) go();
    else this.#entries.push({ ready: true, go });
  }

  /** Takes something that has to wait; what it returns says that it need not any longer, and what to do then. */
  wait(): (go: () => void) => void {
    const entry: LaneEntry = { ready: false, go: () => undefined };
    this.#entries.push(entry);
    return (go) => {
      entry.go = go;
      entry.ready = true;
      this.#drain();
    };
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let head = this.#entries[0]; head?.ready === true; head = this.#entries[0]) {
        this.#entries.shift();
        head.go();
      }
    } finally {
      this.#draining = false;
    }
  }
}
