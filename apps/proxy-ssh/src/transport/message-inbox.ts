import { AccessError } from '@sallyport/errors';

export interface TransportListener {
  /** A message above the transport; the payload is the listener's. */
  onMessage(payload: Buffer): void;
  /** All messages of one read were handed up. */
  onTurn(): void;
  /** The peer takes bytes again after it was congested. */
  onDrain(): void;
}

/** Messages that may wait for whoever reads them: what a client may send ahead before it is let in. */
const MAX_BACKLOG = 64;
const BACKLOG_BYTES = 512 * 1024;

interface Reader {
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: AccessError) => void;
}

/** Hands a transport's messages to one reader at a time while its peer is let in, and to a listener ever after. */
export class MessageInbox {
  readonly #backlog: Buffer[] = [];
  #backlogBytes = 0;
  #reader: Reader | null = null;
  #end: AccessError | null = null;
  listener: TransportListener | null = null;

  /** False: more waits than may wait. */
  put(payload: Buffer): boolean {
    if (this.listener !== null) {
      this.listener.onMessage(payload);
      return true;
    }
    if (this.#reader !== null) {
      this.#reader.resolve(payload);
      return true;
    }
    this.#backlog.push(payload);
    this.#backlogBytes += payload.length;
    return this.#backlog.length <= MAX_BACKLOG && this.#backlogBytes <= BACKLOG_BYTES;
  }

  /** The next message. @throws AccessError when there will be none */
  read(signal: AbortSignal): Promise<Buffer> {
    const first = this.#backlog.shift();
    if (first !== undefined) {
      this.#backlogBytes -= first.length;
      return Promise.resolve(first);
    }
    if (this.#end !== null) return Promise.reject(this.#end);
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#reader = null;
        reject(reasonOf(signal));
      };
      signal.addEventListener('abort', stop, { once: true });
      const done = () => {
        signal.removeEventListener('abort', stop);
        this.#reader = null;
      };
      this.#reader = {
        resolve: (payload) => {
          done();
          resolve(payload);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
    });
  }

  /** All further messages go to `listener`, those that wait first. */
  listen(listener: TransportListener): void {
    this.listener = listener;
    this.#backlogBytes = 0;
    for (const payload of this.#backlog.splice(0)) listener.onMessage(payload);
    listener.onTurn();
  }

  /** No more messages will come. */
  close(error: AccessError): void {
    this.#end ??= error;
    this.#reader?.reject(error);
  }
}

function reasonOf(signal: AbortSignal): AccessError {
  const reason: unknown = signal.reason;
  return reason instanceof AccessError
    ? reason
    : new AccessError('protocol_violation', 'The wait for the peer was given up.');
}
