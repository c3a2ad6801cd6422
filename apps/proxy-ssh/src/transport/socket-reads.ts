import type { OnReadOpts } from 'node:net';

const SHARED_BYTES = 256 * 1024;
const OWN_BYTES = 64 * 1024;

/** One for all sockets of the process: a read is used up before the next one can happen. */
const shared = Buffer.allocUnsafeSlow(SHARED_BYTES);

/**
 * Reads a socket into memory that is used again and again, where whoever gets
 * the bytes keeps none of them; else into new memory for each read.
 */
export class SocketReads {
  #onBytes: (bytes: Buffer) => void = () => undefined;
  #mayShare: () => boolean = () => false;

  /** For `net.connect`. */
  get options(): OnReadOpts {
    return {
      buffer: () => (this.#mayShare() ? shared : Buffer.allocUnsafeSlow(OWN_BYTES)),
      callback: (length, bytes) => {
        this.#onBytes(Buffer.from(bytes.buffer, bytes.byteOffset, length));
        return true;
      },
    };
  }

  /** @param mayShare whether bytes given to `onBytes` may be overwritten afterwards */
  attach(onBytes: (bytes: Buffer) => void, mayShare: () => boolean): void {
    this.#onBytes = onBytes;
    this.#mayShare = mayShare;
  }
}
