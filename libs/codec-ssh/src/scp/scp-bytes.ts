import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { MAX_SCP_LINE_BYTES } from './scp-record.ts';

const LINE_FEED = 0x0a;

/**
 * Bytes of one direction that have come and are not read yet; lines may be
 * split over chunks. A chunk that comes when all is read is not copied; bytes
 * that pile up are copied a bounded number of times, however small the chunks.
 */
export class ScpBytes {
  #storage: Buffer = Buffer.alloc(0);
  /** Whether `#storage` is ours to write behind `#end`. */
  #own = false;
  #start = 0;
  #end = 0;
  /** How far was searched for a line feed in vain. */
  #searched = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Buffer): void {
    if (this.length === 0) {
      this.#storage = chunk;
      this.#own = false;
      this.#start = this.#searched = 0;
      this.#end = chunk.length;
      return;
    }
    const needed = this.length + chunk.length;
    if (!this.#own || this.#end + chunk.length > this.#storage.length) {
      const grown = Buffer.allocUnsafe(needed * 2);
      this.#storage.copy(grown, 0, this.#start, this.#end);
      this.#searched = Math.max(0, this.#searched - this.#start);
      this.#storage = grown;
      this.#own = true;
      this.#end -= this.#start;
      this.#start = 0;
    }
    // What was taken before lies in front of `#start` or in older storage, and is never written to.
    chunk.copy(this.#storage, this.#end);
    this.#end += chunk.length;
  }

  /** The first byte, still to be taken. */
  peek(): number | undefined {
    return this.length === 0 ? undefined : this.#storage[this.#start];
  }

  /** At most `count` bytes, as a view. */
  take(count: number): Buffer {
    const end = Math.min(this.#end, this.#start + count);
    const taken = this.#storage.subarray(this.#start, end);
    this.#start = this.#searched = end;
    return taken;
  }

  /** A whole line with its line feed, or null until it has come. @throws CodecError `limit` */
  takeLine(): Buffer | null {
    const from = Math.max(this.#start, this.#searched);
    const found = this.#storage.subarray(from, this.#end).indexOf(LINE_FEED);
    const length = found === -1 ? this.length : from - this.#start + found + 1;
    if (length > MAX_SCP_LINE_BYTES) throw new CodecError('limit', 'A record of scp is too long.');
    if (found !== -1) return this.take(length);
    this.#searched = this.#end;
    return null;
  }
}
