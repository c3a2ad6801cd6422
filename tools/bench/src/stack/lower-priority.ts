import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As the proxy's own publisher thread has. */
const NICENESS = 10;

/**
 * Lets processes that work behind the data path yield to it. In a real
 * installation they have machines of their own; here they share the cores with
 * what is measured.
 */
export function lowerPriority(pids: readonly number[]): void {
  if (process.platform !== 'linux') return;
  for (const pid of pids) {
    // A niceness belongs to a thread (setpriority(2)) and counts within its group, each session being one (sched(7)).
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), NICENESS);
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, `${NICENESS}`);
  }
}
