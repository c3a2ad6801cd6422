import { Buffer } from 'node:buffer';

const FIRST_BYTES = 4 * 1024;

/**
 * The pieces of one message that is split over chunks. Memory grows with the
 * bytes that have come, never with the length that the peer announced.
 */
export class HeldBytes {
  #buffer: Buffer = Buffer.allocUnsafe(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Byte `index` of those held. */
  at(index: number): number {
    return this.#buffer.readUInt8(index);
  }

  /** The length word of a held header. */
  lengthWord(): number {
    return this.#buffer.readInt32BE(1);
  }

  /** Copies bytes in until `wanted` are held or the chunk ends; returns where it stopped in the chunk. */
  fill(chunk: Buffer, start: number, end: number, wanted: number): number {
    const stop = Math.min(end, start + Math.max(0, wanted - this.#length));
    if (stop === start) return start;
    this.#reserve(this.#length + stop - start, wanted);
    chunk.copy(this.#buffer, this.#length, start, stop);
    this.#length += stop - start;
    return stop;
  }

  /** What is held, in a buffer of its own; nothing is held after. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.allocUnsafe(0);
    this.#length = 0;
    return taken;
  }

  #reserve(needed: number, wanted: number): void {
    if (needed <= this.#buffer.length) return;
    const size = Math.max(needed, Math.min(wanted, Math.max(FIRST_BYTES, this.#buffer.length * 2)));
    const grown = Buffer.allocUnsafe(size);
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
