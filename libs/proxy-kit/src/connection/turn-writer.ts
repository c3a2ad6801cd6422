import type { SocketPort } from './socket-port.ts';

/** Up to here the pieces of a turn are joined into one buffer; beyond, they go out as a vector. */
const JOIN_BYTES = 16 * 1024;

/**
 * Gathers what one turn of the event loop has for a socket into one write,
 * and tells when the peer does not keep up. Bounded by its user: who sees
 * `congested` stops reading from where the bytes come.
 */
export class TurnWriter {
  readonly #socket: SocketPort;
  readonly #highWaterBytes: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #scheduled = false;
  readonly #flushLater = (): void => {
    this.flush();
  };

  constructor(socket: SocketPort, highWaterBytes: number) {
    this.#socket = socket;
    this.#highWaterBytes = highWaterBytes;
  }

  /** More is waiting for the peer than may wait. */
  get congested(): boolean {
    return this.#socket.writableLength + this.#pendingBytes > this.#highWaterBytes;
  }

  /** All bytes were handed to the kernel. */
  get isDrained(): boolean {
    return this.#pendingBytes === 0 && this.#socket.writableLength === 0;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#flushLater);
  }

  /** Hands over what is gathered now, without waiting for the turn's end. */
  flush(): void {
    this.#scheduled = false;
    const pieces = this.#pending;
    const total = this.#pendingBytes;
    const [first] = pieces;
    if (first === undefined) return;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#socket.destroyed) return;
    if (pieces.length === 1) {
      this.#socket.write(first);
    } else if (total <= JOIN_BYTES) {
      this.#socket.write(Buffer.concat(pieces, total));
    } else {
      this.#socket.cork();
      for (const piece of pieces) this.#socket.write(piece);
      this.#socket.uncork();
    }
  }
}
