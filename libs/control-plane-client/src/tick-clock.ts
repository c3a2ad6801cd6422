/**
 * Tells, in local time, when the control plane last looked, from the ticks of one stream.
 * The first tick was looked at after the stream was asked for; every later one as much
 * later as its own clock says. So a tick that was held up on its way, or read late
 * because this process was suspended, does not count as fresh.
 */
export class TickClock {
  readonly #askedAtMs: number;
  #firstAsOfMs: number | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(askedAtMs: number) {
    this.#askedAtMs = askedAtMs;
  }

  /** Local time that all views of the stream are certainly not older than. */
  get lookedAtMs(): number {
    return this.#lookedAtMs;
  }

  /** `asOfMs` by the control plane's clock, `receivedAtMs` by the local one; the local one also caps it, should the other jump ahead. */
  tick(asOfMs: number, receivedAtMs: number): void {
    this.#firstAsOfMs ??= asOfMs;
    const lookedAtMs = Math.min(receivedAtMs, this.#askedAtMs + (asOfMs - this.#firstAsOfMs));
    this.#lookedAtMs = Math.max(this.#lookedAtMs, lookedAtMs);
  }
}
