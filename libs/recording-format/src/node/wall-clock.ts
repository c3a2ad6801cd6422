/** Microseconds since 1970. */
export type UnixClock = () => number;

const MAX_DRIFT_MS = 2;
let offsetMs = Date.now() - performance.now();

/**
 * The wall clock with microseconds: the monotonic clock carries the digits that
 * Date.now() lacks, and is set again wherever the two differ by over 2 ms
 * (NTP, suspend). Costs about 0.15 us.
 */
export const wallClock: UnixClock = () => {
  const nowMs = Date.now();
  const fineMs = performance.now() + offsetMs;
  if (Math.abs(fineMs - nowMs) <= MAX_DRIFT_MS) return Math.floor(fineMs * 1000);
  offsetMs = nowMs - performance.now();
  return nowMs * 1000;
};
