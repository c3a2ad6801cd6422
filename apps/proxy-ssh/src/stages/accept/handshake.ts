import type { Socket } from 'node:net';
import { AccessError } from '@sallyport/errors';

/**
 * A client's connection while it is let in: the time it has. First for the key
 * exchange, then for the login, which people may have to type or to confirm.
 */
export class Handshake {
  readonly address: string;
  readonly #controller = new AbortController();
  #deadline: NodeJS.Timeout;

  constructor(socket: Socket, timeoutMs: number) {
    this.address = socket.remoteAddress ?? '';
    this.#deadline = this.#arm(timeoutMs);
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts the time of the next part. */
  extend(timeoutMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = this.#arm(timeoutMs);
  }

  /** The client is let in, or gone. */
  done(): void {
    clearTimeout(this.#deadline);
  }

  /** What went wrong, as the client is told: a deadline shows as whatever it interrupted. */
  reasonOf(error: AccessError): AccessError {
    const reason: unknown = this.signal.reason;
    return reason instanceof AccessError ? reason : error;
  }

  #arm(timeoutMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#controller.abort(new AccessError('handshake_timeout', 'The time to log in is over.'));
    }, timeoutMs);
  }
}
