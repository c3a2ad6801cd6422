import { SftpPacketFramer } from '@sallyport/codec-ssh';

/**
 * Packets with what their sender may send again for each. The beginning of a
 * packet that is not whole is given back at once: a packet may be longer than
 * a window is.
 */
export class CreditedFramer {
  readonly #framer = new SftpPacketFramer();
  readonly #give: (bytes: number) => void;
  readonly #chunks: Buffer[] = [];
  #prepaid = 0;
  #credit = 0;

  constructor(give: (bytes: number) => void) {
    this.#give = give;
  }

  /** Whether everything was read, but for a packet that is not whole. */
  get isDrained(): boolean {
    return this.#chunks.length === 0;
  }

  /** Of the packet that `next` gave last: what is still to be given back for it. */
  get credit(): number {
    return this.#credit;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  /** @throws CodecError for a packet that is longer than there are any */
  next(): Buffer | null {
    for (;;) {
      const packet = this.#framer.next();
      if (packet !== null) {
        this.#credit = packet.length - this.#prepaid;
        this.#prepaid = 0;
        return packet;
      }
      const chunk = this.#chunks.shift();
      if (chunk === undefined) break;
      this.#framer.push(chunk);
    }
    const due = this.#framer.heldBytes - this.#prepaid;
    this.#prepaid += due;
    if (due > 0) this.#give(due);
    return null;
  }
}
