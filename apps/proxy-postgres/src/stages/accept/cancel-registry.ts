import { randomBytes, timingSafeEqual } from 'node:crypto';

/** A key that a client can cancel with; never the server's own. */
export interface CancelKey {
  readonly processId: number;
  readonly secretKey: Buffer;
}

/** Protocol 3.0 has room for 4 bytes; 3.2 clients take up to 256. */
const SECRET_BYTES = { short: 4, long: 32 } as const;
const MAX_TRIES = 64;

/**
 * The synthetic cancel keys of this process's sessions. A key is in the
 * registry before its client learns of it, so no cancel comes too early.
 * Keys of other replicas are unknown here, and such a cancel does nothing.
 */
export class CancelRegistry {
  readonly #sessions = new Map<number, { readonly secretKey: Buffer; readonly cancel: () => void }>();

  /** @param cancel what a CancelRequest with this key does; must not throw */
  register(length: keyof typeof SECRET_BYTES, cancel: () => void): CancelKey {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const processId = randomBytes(4).readUInt32BE(0) & 0x7fff_ffff;
      if (processId === 0 || this.#sessions.has(processId)) continue;
      const secretKey = randomBytes(SECRET_BYTES[length]);
      this.#sessions.set(processId, { secretKey, cancel });
      return { processId, secretKey };
    }
    throw new Error('no free cancel key was found');
  }

  forget(key: CancelKey): void {
    this.#sessions.delete(key.processId);
  }

  /** Cancels if the key is right. The answer is never told to the client: cancel requests have none. */
  cancel(processId: number, secretKey: Uint8Array): boolean {
    const session = this.#sessions.get(processId);
    if (session === undefined || session.secretKey.length !== secretKey.length) return false;
    if (!timingSafeEqual(session.secretKey, secretKey)) return false;
    session.cancel();
    return true;
  }
}
