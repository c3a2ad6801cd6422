/** A gap this long between two beats means that something stood still. */
const MAX_GAP_MS = 2_000;

/**
 * Tells for how long rounds have come regularly. Silence of others means something only
 * to who has listened all the while: not after a start, nor when the database or this
 * process stood still.
 */
export class Steadiness {
  #sinceMs: number | undefined;
  #lastMs: number | undefined;

  beat(nowMs: number): void {
    if (this.#lastMs === undefined || nowMs - this.#lastMs > MAX_GAP_MS) this.#sinceMs = nowMs;
    this.#lastMs = nowMs;
  }

  /** Milliseconds of regular beats up to now; 0 if they have stopped. */
  steadyForMs(nowMs: number): number {
    if (this.#sinceMs === undefined || this.#lastMs === undefined || nowMs - this.#lastMs > MAX_GAP_MS)
      return 0;
    return nowMs - this.#sinceMs;
  }
}
