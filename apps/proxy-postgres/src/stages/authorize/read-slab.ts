/** Smallest room to read into, and how far it grows for a peer that fills it. */
const FIRST_BYTES = 16 * 1024;
const LARGEST_BYTES = 512 * 1024;

/**
 * Memory to read a socket into: pieces of one slab are handed out as they are
 * filled, so that a small answer costs no allocation. Grows while reads fill it.
 *
 * Two slabs of the largest size take turns under a stream of rows: a new one
 * for each read would keep the garbage collector busy. A slab is written into
 * again only if all that was read into it was passed on and nothing else, and
 * all of that has left; never otherwise, since somebody may still look at it.
 */
export class ReadSlab {
  #slab: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;
  #size = FIRST_BYTES;
  /** Whether everything in the slab was only passed on. */
  #passedOn = true;
  /** The slab before, if it may be used again once it has drained. */
  #spare: Buffer | null = null;

  /**
   * Where the next read goes.
   * @param isDrained whether all that was passed on before the newest read has left
   */
  next(isDrained: () => boolean): Buffer {
    if (this.#slab.length - this.#used < this.#size / 2) this.#turn(isDrained);
    return this.#slab.subarray(this.#used);
  }

  /** The bytes of a read into what `next` gave. */
  take(into: Uint8Array, length: number): Buffer {
    this.#used += length;
    if (length === into.length && this.#size < LARGEST_BYTES) this.#size *= 2;
    return Buffer.from(into.buffer, into.byteOffset, length);
  }

  /** The bytes of the last read are kept by somebody, or may be. */
  keep(): void {
    this.#passedOn = false;
  }

  #turn(isDrained: () => boolean): void {
    const spare = this.#spare;
    this.#spare = this.#passedOn && this.#slab.length === LARGEST_BYTES ? this.#slab : null;
    this.#slab = spare !== null && isDrained() ? spare : Buffer.allocUnsafeSlow(this.#size);
    this.#used = 0;
    this.#passedOn = true;
  }
}
