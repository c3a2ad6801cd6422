/** Tells how long the oldest byte that is not acknowledged has waited, to about 100 ms, in bounded memory. */
const SAMPLE_MS = 100;
const MAX_SAMPLES = 4096;

export class LagClock {
  #samples: { readonly position: number; readonly atMs: number }[] = [];

  /** Bytes up to `position` were written at `nowMs`. */
  written(position: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < SAMPLE_MS) return;
    // Past the bound every second sample goes: the age stays right for the oldest, coarser in between.
    if (this.#samples.length >= MAX_SAMPLES)
      this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
    this.#samples.push({ position, atMs: nowMs });
  }

  /** Milliseconds since the oldest unacknowledged byte was written; 0 when there is none. */
  ageMs(acked: number, written: number, nowMs: number): number {
    const keepFrom = this.#samples.findLastIndex((sample) => sample.position <= acked);
    if (keepFrom > 0) this.#samples.splice(0, keepFrom);
    if (acked >= written) return 0;
    const oldest = this.#samples.find((sample) => sample.position > acked) ?? this.#samples.at(-1);
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.atMs);
  }
}
