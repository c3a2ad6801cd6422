import { crc32 } from 'node:zlib';
import { RECORD_HEADER_BYTES, recordHeader } from './spool-record.ts';

const BATCH_BYTES = 64 * 1024;
/** Up to here a record is copied behind the one before; larger ones are written from where they lie. */
const COPY_BYTES = 8 * 1024;

/**
 * Records that one write will put into the spool: small ones side by side in
 * one buffer that is used again and again, so that most writes are of one
 * piece and no record leaves garbage.
 */
export class WriteBatch {
  readonly #buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  /** In the buffer: what was closed into `#parts`, then what is still growing, then free room. */
  #closed = 0;
  #used = 0;
  #parts: Uint8Array[] = [];
  #byteLength = 0;

  /** Bytes of all records, headers included. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Adds a record. Parts of more than 8 KiB in all must not change until the batch was written. */
  add(parts: readonly Uint8Array[], byteLength: number): void {
    const total = RECORD_HEADER_BYTES + byteLength;
    this.#byteLength += total;
    if (byteLength <= COPY_BYTES && this.#used + total <= BATCH_BYTES) {
      this.#copy(parts, byteLength);
      return;
    }
    this.#close();
    this.#parts.push(recordHeader(parts, byteLength), ...parts);
  }

  /** All of it, in order; valid until `clear`. */
  parts(): readonly Uint8Array[] {
    this.#close();
    return this.#parts;
  }

  clear(): void {
    this.#parts = [];
    this.#closed = 0;
    this.#used = 0;
    this.#byteLength = 0;
  }

  #copy(parts: readonly Uint8Array[], byteLength: number): void {
    const buffer = this.#buffer;
    const start = this.#used + RECORD_HEADER_BYTES;
    let at = start;
    let crc = 0;
    for (const part of parts) {
      buffer.set(part, at);
      at += part.length;
      crc = crc32(part, crc);
    }
    buffer.writeUInt32LE(byteLength, start - RECORD_HEADER_BYTES);
    buffer.writeUInt32LE(crc, start - 4);
    this.#used = at;
  }

  #close(): void {
    if (this.#used === this.#closed) return;
    this.#parts.push(this.#buffer.subarray(this.#closed, this.#used));
    this.#closed = this.#used;
  }
}
