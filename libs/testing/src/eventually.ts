import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  readonly timeoutMs?: number;
  /** Between two looks. */
  readonly intervalMs?: number;
  /** Ends the looking with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Looks until `look` gives something other than undefined or false, and gives that. Throws when
 * the time is over, with the last thing that `look` threw as the cause.
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20, signal }: EventuallyOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeoutMs} ms`, { cause });
    await delay(intervalMs);
  }
}
