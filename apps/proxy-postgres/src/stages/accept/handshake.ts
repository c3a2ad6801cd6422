import type { Socket } from 'node:net';
import { AccessError } from '@sallyport/errors';
import { readSome } from './startup-socket.ts';

/** Time for a refusal to reach the client before its connection is dropped. */
const LINGER_MS = 2000;

/**
 * A client's connection while it is set up: the socket, which TLS replaces, and
 * the time that the client has until it is authenticated.
 */
export class Handshake {
  readonly address: string;
  #socket: Socket;
  readonly #controller = new AbortController();
  readonly #deadline: NodeJS.Timeout;

  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.address = socket.remoteAddress ?? '';
    // Whoever uses the socket sees `close`, which follows every error.
    socket.on('error', () => undefined);
    this.#deadline = setTimeout(() => {
      this.#controller.abort(new AccessError('handshake_timeout', 'The time to authenticate is over.'));
    }, timeoutMs);
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** TLS runs on it now. */
  replace(socket: Socket): void {
    socket.on('error', () => undefined);
    this.#socket = socket;
  }

  read(): Promise<Buffer> {
    return readSome(this.#socket, this.signal);
  }

  /** The client is authenticated, so the deadline is over. */
  done(): void {
    clearTimeout(this.#deadline);
  }

  /** What went wrong, as the client is told: a deadline shows as whatever it interrupted. */
  reasonOf(error: AccessError): AccessError {
    const reason: unknown = this.signal.reason;
    return reason instanceof AccessError ? reason : error;
  }

  answer(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Lets what was written go out, for a while. */
  close(): void {
    this.done();
    const socket = this.#socket;
    if (socket.destroyed) return;
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => {
      clearTimeout(linger);
    });
    socket.resume();
    socket.end();
  }
}
