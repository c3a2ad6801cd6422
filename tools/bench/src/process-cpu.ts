import { readFileSync } from 'node:fs';

/** Of the kernel's counters in /proc; 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat behind the command's name: user and system time. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** CPU seconds that the processes have used so far, all their threads together; 0 for ones that have ended. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_SECOND;
}

function ticksOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
  } catch {
    return 0; // It has ended, or this is no Linux.
  }
}
