/** Smallest room to read into, and how far it grows for a peer that fills it. */
const FIRST_BYTES = 16 * 1024;
const LARGEST_BYTES = 512 * 1024;

/**
 * Memory to read a socket into: pieces of one slab are handed out as they are
 * filled, so that a small answer costs no allocation and no byte is ever
 * written twice. Grows while reads fill it.
 */
export class ReadSlab {
  #slab: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;
  #size = FIRST_BYTES;

  /** Where the next read goes. */
  next(): Buffer {
    if (this.#slab.length - this.#used < this.#size / 2) {
      this.#slab = Buffer.allocUnsafeSlow(this.#size);
      this.#used = 0;
    }
    return this.#slab.subarray(this.#used);
  }

  /** The bytes of a read into what `next` gave. */
  take(into: Uint8Array, length: number): Buffer {
    this.#used += length;
    if (length === into.length && this.#size < LARGEST_BYTES) this.#size *= 2;
    return Buffer.from(into.buffer, into.byteOffset, length);
  }
}
