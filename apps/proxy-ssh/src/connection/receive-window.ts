/** The part of a window that is given back at once; more often costs packets, more seldom stalls the sender. */
const GIVE_BACK = 0.25;

/** What a peer may send on one channel: given once, and again as its bytes were handed on. */
export class ReceiveWindow {
  readonly size: number;
  #left: number;
  #handedOn = 0;

  constructor(size: number) {
    this.size = size;
    this.#left = size;
  }

  /** Counts bytes that came. False: more than were allowed. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** Counts bytes that went on to the other side. */
  handedOn(bytes: number): void {
    this.#handedOn += bytes;
  }

  /** What to add to the peer's window now; 0: nothing yet. */
  due(): number {
    if (this.#handedOn < this.size * GIVE_BACK) return 0;
    const bytes = this.#handedOn;
    this.#handedOn = 0;
    this.#left += bytes;
    return bytes;
  }
}
