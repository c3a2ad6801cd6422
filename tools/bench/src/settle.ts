import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf } from './process-cpu.ts';
import type { MeasuredSubject } from './subject.ts';

const LOOK_EVERY_MS = 300;
/** Looks in a row at which next to nothing was done: longer than the recorder waits before it indexes. */
const QUIET_LOOKS = 5;
/** CPU seconds between two looks that count as nothing: what services need that only keep in touch. */
const NOTHING_S = 0.04;
const PATIENCE_MS = 20_000;

/**
 * Waits until a subject has done all that a run left behind (a recording on its
 * way to the recorder), so that it does not slow down whoever is measured next.
 */
export async function settle({ pids, backgroundPids }: MeasuredSubject): Promise<void> {
  const all = [...pids, ...backgroundPids];
  if (all.length === 0) return;
  const deadline = performance.now() + PATIENCE_MS;
  let before = cpuSecondsOf(all);
  for (let quiet = 0; quiet < QUIET_LOOKS && performance.now() < deadline;) {
    await delay(LOOK_EVERY_MS);
    const now = cpuSecondsOf(all);
    quiet = now - before <= NOTHING_S ? quiet + 1 : 0;
    before = now;
  }
}
