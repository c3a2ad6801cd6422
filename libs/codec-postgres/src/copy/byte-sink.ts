import { Buffer } from 'node:buffer';

const FIRST_BYTES = 1024;

/** Bytes written one after the other into one buffer that grows. */
export class ByteSink {
  #buffer: Buffer;
  #length = 0;

  constructor(expectedBytes = FIRST_BYTES) {
    this.#buffer = Buffer.allocUnsafe(Math.max(expectedBytes, 1));
  }

  get length(): number {
    return this.#length;
  }

  copy(source: Buffer, start: number, end: number): void {
    const at = this.#room(end - start);
    source.copy(this.#buffer, at, start, end);
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
  }

  uint8(value: number): void {
    const at = this.#room(1);
    this.#buffer[at] = value;
  }

  int32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
  }

  /** Overwrites four bytes that are already there. */
  setInt32(at: number, value: number): void {
    this.#buffer.writeInt32BE(value, at);
  }

  /** Forgets what comes after the first `length` bytes. */
  cutTo(length: number): void {
    this.#length = length;
  }

  /** What was written; shares memory with the sink, which must not be used after. */
  take(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #room(count: number): number {
    const at = this.#length;
    if (at + count > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, at + count));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length = at + count;
    return at;
  }
}
