import { createHash } from 'node:crypto';

/**
 * One direction of a file's content as it passes: its length, its SHA-256 where
 * it goes from one place on without a gap, and its beginning for the record.
 */
export class ContentDigest {
  readonly #hash = createHash('sha256');
  #captureLeft: number;
  #start = 0n;
  #next: bigint | null = null;
  #bytes = 0;
  #sequential = true;

  /** @param captureBytes how much of its beginning is recorded */
  constructor(captureBytes: number) {
    this.#captureLeft = captureBytes;
  }

  /** Bytes so far, those that came again included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes content at its place; gives what of it is to be recorded. */
  take(offset: bigint, data: Buffer): Buffer {
    this.#bytes += data.length;
    if (data.length === 0) return data;
    if (this.#next === null) this.#start = this.#next = offset;
    if (offset !== this.#next) this.#sequential = false;
    if (!this.#sequential) return data.subarray(0, 0);
    this.#next += BigInt(data.length);
    this.#hash.update(data);
    const captured = data.subarray(0, Math.min(data.length, this.#captureLeft));
    this.#captureLeft -= captured.length;
    return captured;
  }

  /** The file gets a length; clients give it the one that it has, after all is written. */
  setLength(bytes: bigint): void {
    if (bytes !== (this.#next ?? 0n)) this.#sequential = false;
  }

  /** Content was changed without passing here. */
  disturb(): void {
    this.#sequential = false;
  }

  /** "sha256:HEX read 17", "... from 100" where it did not begin at the start, or what can be said instead; null: no content passed. ASCII. */
  summary(word: 'read' | 'written' | 'copied'): string | null {
    if (this.#bytes === 0 && this.#sequential) return null;
    if (!this.#sequential) return `${word} ${this.#bytes} not in sequence`;
    const from = this.#start === 0n ? '' : ` from ${this.#start}`;
    return `sha256:${this.#hash.copy().digest('hex')} ${word} ${this.#bytes}${from}`;
  }
}
