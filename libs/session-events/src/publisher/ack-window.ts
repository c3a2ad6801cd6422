/** One stretch of the spool whose messages are under way. */
interface Stretch {
  readonly end: number;
  /** Messages of it that are not acknowledged. */
  outstanding: number;
}

/** Turns acknowledgements, in whatever order they come, into the position up to which all have come. */
export class AckWindow {
  #stretches: Stretch[] = [];
  #acked: number;

  constructor(acked: number) {
    this.#acked = acked;
  }

  /** Everything before it is acknowledged. */
  get acked(): number {
    return this.#acked;
  }

  get empty(): boolean {
    return this.#stretches.length === 0;
  }

  /** The spool up to `end` is being published as `messages` messages. Returns what to call for each that is acknowledged. */
  publish(end: number, messages: number): () => void {
    const stretch: Stretch = { end, outstanding: messages };
    this.#stretches.push(stretch);
    this.#advance();
    return () => {
      stretch.outstanding -= 1;
      this.#advance();
    };
  }

  /** Forgets what is under way and begins again at `position`. */
  restart(position: number): void {
    this.#stretches = [];
    this.#acked = position;
  }

  #advance(): void {
    let first = this.#stretches[0];
    while (first !== undefined && first.outstanding <= 0) {
      this.#acked = first.end;
      this.#stretches.shift();
      first = this.#stretches[0];
    }
  }
}
