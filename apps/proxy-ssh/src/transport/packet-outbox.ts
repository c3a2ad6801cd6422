import type { Socket } from 'node:net';

/** Up to here the pieces of a turn are joined into one buffer; beyond, they go out as a vector. */
const JOIN_BYTES = 32 * 1024;

/** Gathers the packets of one turn of the event loop into one write. */
export class PacketOutbox {
  readonly #socket: Socket;
  readonly #highWaterBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #scheduled = false;
  readonly #flushLater = (): void => {
    this.flush();
  };

  constructor(socket: Socket, highWaterBytes: number) {
    this.#socket = socket;
    this.#highWaterBytes = highWaterBytes;
  }

  /** Bytes that the peer has not taken. */
  get waiting(): number {
    return this.#socket.writableLength + this.#bytes;
  }

  get congested(): boolean {
    return this.waiting > this.#highWaterBytes;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#flushLater);
  }

  flush(): void {
    this.#scheduled = false;
    const pieces = this.#pieces;
    const total = this.#bytes;
    const [first] = pieces;
    if (first === undefined) return;
    this.#pieces = [];
    this.#bytes = 0;
    const socket = this.#socket;
    if (socket.destroyed || !socket.writable) return;
    if (pieces.length === 1) {
      socket.write(first);
    } else if (total <= JOIN_BYTES) {
      socket.write(Buffer.concat(pieces, total));
    } else {
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    }
  }
}
