/** What it needs of the event loop; injected in specs. */
export interface BusyPollLoop {
  /** Milliseconds that never go back. */
  nowMs(): number;
  /** Runs after the sockets were looked at once more, without sleeping before. */
  afterPoll(run: () => void): void;
}

const nodeLoop: BusyPollLoop = { nowMs: () => performance.now(), afterPoll: (run) => setImmediate(run) };

/** Another session was active this recently: whoever sleeps will be woken anyway, and the cores have other work. */
const ALONE_AFTER_MS = 5;
/** Polls in a row that ended with nothing before polling is left off, and for how long at most. */
const PATIENCE = 4;
const LONGEST_REST_MS = 1000;

/**
 * Keeps the event loop from sleeping for some microseconds after a session did
 * something, so that the next bytes (the target's answer, the caller's next
 * statement) meet a process that is awake: being woken costs 20 to 30 us, twice
 * a statement. As the kernel's own busy polling (SO_BUSY_POLL, halt_poll_ns),
 * it pays for one conversation with short pauses, so it polls only while a
 * single session is active, and rests ever longer while its polls find nothing.
 */
export class BusyPoll {
  readonly #windowMs: number;
  readonly #loop: BusyPollLoop;
  #session: object | null = null;
  #aloneSinceMs = 0;
  #deadlineMs = 0;
  #polling = false;
  #misses = 0;
  #restUntilMs = 0;
  readonly #pollAgain = (): void => {
    this.#poll();
  };

  /** @param windowUs how long to stay awake, in microseconds; 0: never */
  constructor(windowUs: number, loop: BusyPollLoop = nodeLoop) {
    this.#windowMs = windowUs / 1000;
    this.#loop = loop;
  }

  /** Something of `session` went through. */
  touch(session: object): void {
    if (this.#windowMs === 0) return;
    const now = this.#loop.nowMs();
    if (session !== this.#session) {
      this.#session = session;
      this.#aloneSinceMs = now;
    }
    if (this.#polling && now < this.#deadlineMs) this.#misses = 0;
    this.#deadlineMs = now + this.#windowMs;
    if (this.#polling || now < this.#restUntilMs || now - this.#aloneSinceMs < ALONE_AFTER_MS) return;
    this.#polling = true;
    this.#loop.afterPoll(this.#pollAgain);
  }

  #poll(): void {
    const now = this.#loop.nowMs();
    if (now < this.#deadlineMs && now - this.#aloneSinceMs >= ALONE_AFTER_MS) {
      this.#loop.afterPoll(this.#pollAgain);
      return;
    }
    this.#polling = false;
    if (now < this.#deadlineMs) return;
    this.#misses += 1;
    if (this.#misses >= PATIENCE)
      this.#restUntilMs = now + Math.min(LONGEST_REST_MS, 2 ** (this.#misses - PATIENCE));
  }
}
