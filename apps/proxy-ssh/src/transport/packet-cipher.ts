/**
 * What takes the place of ssh2's ciphers where its native binding is missing:
 * the same formats with far fewer calls and copies. ssh2 makes them and knows
 * their keys; `fast-ciphers.ts` swaps them in.
 */
import { randomFillSync } from 'node:crypto';

/** OpenSSH's own limit. Bytes of one packet without its length and MAC. */
const MAX_PACKET_BYTES = 256 * 1024;
const MIN_PADDING = 4;
const POOL_BYTES = 16 * 1024;

/** Seals packets; as ssh2 calls it, and `seal` for payloads in two parts. */
export abstract class PacketSealer {
  outSeqno: number;
  readonly #blockBytes: number;
  readonly #write: (bytes: Buffer) => void;
  #dead = false;

  constructor(sequence: number, blockBytes: number, write: (bytes: Buffer) => void) {
    this.outSeqno = sequence;
    this.#blockBytes = blockBytes;
    this.#write = write;
  }

  free(): void {
    this.#dead = true;
  }

  /** A packet for ssh2 to lay its payload into, from the sixth byte. */
  allocPacket(payloadBytes: number): Buffer {
    const padding = this.#paddingOf(payloadBytes);
    const packet = Buffer.allocUnsafe(5 + payloadBytes + padding);
    packet.writeUInt32BE(1 + payloadBytes + padding, 0);
    packet[4] = padding;
    fillRandom(packet, 5 + payloadBytes, padding);
    return packet;
  }

  encrypt(packet: Buffer): void {
    if (!this.#dead) this.#sealed(packet.subarray(4));
  }

  /** Seals a payload of two parts without a packet of its own in between. */
  seal(head: Uint8Array, data: Uint8Array): void {
    if (this.#dead) return;
    const payloadBytes = head.length + data.length;
    const padding = this.#paddingOf(payloadBytes);
    const total = 1 + payloadBytes + padding;
    const clear = total <= scratch.length ? scratch : Buffer.allocUnsafe(total);
    clear[0] = padding;
    clear.set(head, 1);
    clear.set(data, 1 + head.length);
    fillRandom(clear, 1 + payloadBytes, padding);
    this.#sealed(clear.subarray(0, total));
  }

  /** The parts of the packet as it goes out. `clear` is overwritten by the next packet. */
  protected abstract parts(clear: Buffer): readonly Buffer[];

  #sealed(clear: Buffer): void {
    for (const part of this.parts(clear)) this.#write(part);
    this.outSeqno = (this.outSeqno + 1) >>> 0;
  }

  #paddingOf(payloadBytes: number): number {
    const rest = (1 + payloadBytes) % this.#blockBytes;
    const padding = this.#blockBytes - rest;
    return padding < MIN_PADDING ? padding + this.#blockBytes : padding;
  }
}

/** Opens packets; as ssh2 calls it. Nothing of what it is given is kept or changed. */
export abstract class PacketOpener {
  inSeqno: number;
  /** ssh2 puts another one here while keys are exchanged. */
  _onPayload: (payload: Buffer) => unknown;
  readonly #tagBytes: number;
  #held: Buffer | null = null;
  #heldBytes = 0;

  constructor(sequence: number, tagBytes: number, onPayload: (payload: Buffer) => unknown) {
    this.inSeqno = sequence;
    this.#tagBytes = tagBytes;
    this._onPayload = onPayload;
  }

  free(): void {
    this.#held = null;
  }

  /** Takes bytes from `from` on. Gives where to go on with the next opener, or nothing: all is taken. */
  decrypt(data: Buffer, from: number, to: number): unknown {
    let at = from;
    while (at < to) {
      const total = this.#totalOf(data, at, to);
      const missing = total - this.#heldBytes;
      if (to - at < missing) {
        this.#hold(data, at, to, total);
        return undefined;
      }
      let result: unknown;
      if (this.#held === null) result = this.#opened(data, at, total);
      else {
        const held = this.#hold(data, at, at + missing, total);
        this.#held = null;
        this.#heldBytes = 0;
        result = this.#opened(held, 0, total);
      }
      at += missing;
      if (result !== undefined) return result === false ? at : result;
    }
    return undefined;
  }

  /** The length that the first four bytes of a packet give. */
  protected abstract lengthOf(packet: Buffer, at: number): number;

  /** The packet without its length and tag, decrypted into memory of its own. @throws Error when its tag is wrong */
  protected abstract open(packet: Buffer, at: number, length: number): Buffer;

  /** Bytes of the packet that is begun, or as many as tell it. */
  #totalOf(data: Buffer, at: number, to: number): number {
    const held = this.#held;
    if (held !== null && this.#heldBytes >= 4) return held.length;
    if (held === null && to - at >= 4) return 4 + this.#checked(this.lengthOf(data, at)) + this.#tagBytes;
    if (this.#heldBytes + to - at < 4) return 4;
    // The length itself came in pieces.
    const head = Buffer.allocUnsafe(4);
    held?.copy(head, 0, 0, this.#heldBytes);
    data.copy(head, this.#heldBytes, at, at + 4 - this.#heldBytes);
    return 4 + this.#checked(this.lengthOf(head, 0)) + this.#tagBytes;
  }

  #hold(data: Buffer, at: number, to: number, total: number): Buffer {
    let held = this.#held;
    if (held === null || held.length < total) {
      const larger = Buffer.allocUnsafe(total);
      held?.copy(larger, 0, 0, this.#heldBytes);
      this.#held = held = larger;
    }
    data.copy(held, this.#heldBytes, at, to);
    this.#heldBytes += to - at;
    return held;
  }

  #checked(length: number): number {
    if (length > MAX_PACKET_BYTES || length < 8) throw new Error('Bad packet length');
    return length;
  }

  #opened(packet: Buffer, at: number, total: number): unknown {
    const clear = this.open(packet, at, total - 4 - this.#tagBytes);
    const padding = clear[0] ?? 0;
    if (padding < MIN_PADDING || padding > clear.length - 1) throw new Error('Bad packet padding');
    this.inSeqno = (this.inSeqno + 1) >>> 0;
    return this._onPayload(clear.subarray(1, clear.length - padding));
  }
}

/** Where packets are put together; its contents are used before anything else can run. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

const pool = Buffer.allocUnsafeSlow(POOL_BYTES);
let poolAt = POOL_BYTES;

/** Random bytes from a pool that is filled seldom, each used once. */
function fillRandom(target: Buffer, at: number, count: number): void {
  if (poolAt + count > POOL_BYTES) {
    randomFillSync(pool);
    poolAt = 0;
  }
  pool.copy(target, at, poolAt, poolAt + count);
  poolAt += count;
}
