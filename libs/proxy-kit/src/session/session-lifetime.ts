import { AccessError } from '@sallyport/errors';

/** Where time comes from; injected so that specs need not wait. */
export interface LifetimeClock {
  now(): number;
  setTimer(callback: () => void, delayMs: number): { cancel(): void };
}

export const systemClock: LifetimeClock = {
  now: () => Date.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Why a session ends: who talks left, or a reason of the closed set. */
export type SessionEnd = AccessError | 'client_closed' | 'target_closed';

/** The longest that Node's timers take. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * One session's end, whatever brings it: the token's expiry, an order, the
 * idle time-out, a failed record, the peer. One AbortController; the first
 * reason stays.
 */
export class SessionLifetime {
  readonly #controller = new AbortController();
  readonly #clock: LifetimeClock;
  #reason: SessionEnd | null = null;
  #expiry: { cancel(): void } | null = null;
  #idle: { cancel(): void } | null = null;
  #lastActiveMs: number;

  constructor(clock: LifetimeClock = systemClock) {
    this.#clock = clock;
    this.#lastActiveMs = clock.now();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the session ended; null while it goes on. */
  get reason(): SessionEnd | null {
    return this.#reason;
  }

  /** Resolves when the session ends. */
  get ended(): Promise<SessionEnd> {
    if (this.#reason !== null) return Promise.resolve(this.#reason);
    return new Promise((resolve) => {
      this.signal.addEventListener('abort', () => {
        resolve(this.#reason ?? 'client_closed');
      });
    });
  }

  end(reason: SessionEnd): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.dispose();
    this.#controller.abort(
      reason instanceof AccessError ? reason : new AccessError('target_closed', 'The session ended.'),
    );
  }

  /** Ends the session at a moment, unless it has ended before. */
  endAt(moment: Date, reason: () => AccessError): void {
    const arm = () => {
      const left = moment.getTime() - this.#clock.now();
      if (left <= 0) this.end(reason());
      else this.#expiry = this.#clock.setTimer(arm, Math.min(left, MAX_DELAY_MS));
    };
    arm();
  }

  /** Notes that the caller did something; cheap enough for every message. */
  touch(): void {
    this.#lastActiveMs = this.#clock.now();
  }

  /** Ends the session once nothing happened for so long. 0: never. `busy` tells that an answer is still awaited. */
  endWhenIdle(idleMs: number, busy: () => boolean): void {
    if (idleMs <= 0) return;
    const arm = (delayMs: number) => {
      this.#idle = this.#clock.setTimer(check, Math.min(delayMs, MAX_DELAY_MS));
    };
    const check = () => {
      const idleFor = this.#clock.now() - this.#lastActiveMs;
      if (busy()) arm(idleMs);
      else if (idleFor >= idleMs)
        this.end(new AccessError('idle_timeout', 'The session was idle for too long.'));
      else arm(idleMs - idleFor);
    };
    arm(idleMs);
  }

  /** Stops the timers; the signal stays as it is. */
  dispose(): void {
    this.#expiry?.cancel();
    this.#idle?.cancel();
  }
}
