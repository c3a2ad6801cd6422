/**
 * Finds the packets in one direction of an SFTP subsystem, however the
 * channel's data is cut.
 *
 *     framer.push(data);
 *     for (let packet = framer.next(); packet !== null; packet = framer.next()) { ... }
 *
 * A packet that lies whole in one chunk is a view of it; one that is split is
 * put together once. Memory grows with the bytes that have come, never with
 * the length that was announced.
 */
import { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { MAX_SFTP_PACKET_BYTES } from './sftp-limits.ts';

const LENGTH_BYTES = 4;
const FIRST_BYTES = 1024;
const NOTHING = Buffer.alloc(0);

export class SftpPacketFramer {
  #chunk: Buffer = NOTHING;
  #at = 0;
  /** The start of a packet that is not whole yet. */
  #held: Buffer = NOTHING;
  #heldBytes = 0;
  readonly #maxPacketBytes: number;

  /** @param maxPacketBytes largest packet, without its length word */
  constructor(maxPacketBytes = MAX_SFTP_PACKET_BYTES) {
    this.#maxPacketBytes = maxPacketBytes;
  }

  /** Whether the stream may end here: not inside a packet, and nothing left to read. */
  get atBoundary(): boolean {
    return this.#heldBytes === 0 && this.#at === this.#chunk.length;
  }

  /** Bytes held of a packet that is not whole yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The next bytes. They must stay as they are until `next` has given null. */
  push(chunk: Buffer): void {
    if (this.#at < this.#chunk.length) {
      throw new CodecError('unexpected', 'Bytes came before the last ones were read.');
    }
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next whole packet with its length word, or null when more bytes are needed. @throws CodecError `limit` */
  next(): Buffer | null {
    if (this.#heldBytes > 0) return this.#completeHeld();
    const left = this.#chunk.length - this.#at;
    if (left === 0) return null;
    if (left >= LENGTH_BYTES) {
      const total = LENGTH_BYTES + this.#checkedLength(this.#chunk.readUInt32BE(this.#at));
      if (total <= left) {
        const packet = this.#chunk.subarray(this.#at, this.#at + total);
        this.#at += total;
        return packet;
      }
    }
    return this.#completeHeld();
  }

  #completeHeld(): Buffer | null {
    if (!this.#fill(LENGTH_BYTES)) return null;
    const total = LENGTH_BYTES + this.#checkedLength(this.#held.readUInt32BE(0));
    if (!this.#fill(total)) return null;
    const packet = this.#held.subarray(0, total);
    this.#held = NOTHING;
    this.#heldBytes = 0;
    return packet;
  }

  /** Takes bytes of the chunk until `wanted` are held; whether they are. */
  #fill(wanted: number): boolean {
    const count = Math.min(wanted - this.#heldBytes, this.#chunk.length - this.#at);
    if (count > 0) {
      this.#reserve(this.#heldBytes + count, wanted);
      this.#chunk.copy(this.#held, this.#heldBytes, this.#at, this.#at + count);
      this.#at += count;
      this.#heldBytes += count;
    }
    return this.#heldBytes >= wanted;
  }

  #reserve(needed: number, wanted: number): void {
    if (needed <= this.#held.length) return;
    const size = Math.max(needed, Math.min(wanted, Math.max(FIRST_BYTES, this.#held.length * 2)));
    const grown = Buffer.allocUnsafe(size);
    this.#held.copy(grown, 0, 0, this.#heldBytes);
    this.#held = grown;
  }

  #checkedLength(length: number): number {
    if (length > this.#maxPacketBytes) throw new CodecError('limit', 'An SFTP packet is too long.');
    if (length === 0) throw new CodecError('truncated', 'An SFTP packet is empty.');
    return length;
  }
}
