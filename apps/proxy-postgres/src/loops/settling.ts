import { AccessError } from '@sallyport/errors';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: AccessError) => void;
  /** Whether it may go on when the server asks for COPY data. */
  readonly takesCopy: boolean;
}

/** Waits until nothing is owed and nothing waits to be sent. */
export class Settling {
  readonly #isSettled: () => boolean;
  #waiting: Waiter[] = [];

  constructor(isSettled: () => boolean) {
    this.#isSettled = isSettled;
  }

  /**
   * @throws AccessError protocol_violation when the server asks for COPY data
   *   meanwhile: it would take whatever waits here for that, and answer none of it
   */
  wait(): Promise<void> {
    return this.#wait(false);
  }

  /** As `wait`, for COPY data, which may be what the server asks for. */
  waitOrCopy(): Promise<void> {
    return this.#wait(true);
  }

  #wait(takesCopy: boolean): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, takesCopy });
    });
  }

  /** The server asks for COPY data. */
  copyBegins(): void {
    for (const { resolve, reject, takesCopy } of this.#waiting.splice(0)) {
      if (takesCopy) resolve();
      else reject(outOfPlace());
    }
  }

  /** Called whenever something was answered. */
  check(): void {
    if (this.#waiting.length === 0 || !this.#isSettled()) return;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }
}

/** What a client must not send while its COPY data is awaited. */
export function outOfPlace(): AccessError {
  return new AccessError(
    'protocol_violation',
    'Something else than COPY data came while COPY data is awaited.',
  );
}
