import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../error-code.ts';

const HEARTBEAT_MS = 5_000;
/** A lock of another machine (a shared volume) counts as left behind when it is older. */
const FOREIGN_STALE_MS = 30_000;

interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** Tells a process from a later one with the same id. */
  readonly startTime: string;
}

/**
 * Keeps a second process out of an embedded database's directory: two PGlites on one
 * directory destroy it. A lock that a crashed process left is taken over at once on the
 * same machine. Throws if the directory is in use.
 */
export function lockDirectory(directory: string, nowMs: () => number = Date.now): Disposable {
  const file = join(directory, 'sallyport.lock');
  const own: LockOwner = { host: hostname(), pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
  try {
    writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    if (isHeld(file, own, nowMs())) {
      throw new Error(
        `the database directory ${directory} is in use by another control plane; stop it first`,
        { cause: error },
      );
    }
    rmSync(file, { force: true });
    writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
  }
  const heartbeat = setInterval(() => {
    const now = new Date(nowMs());
    utimesSync(file, now, now);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(heartbeat);
      rmSync(file, { force: true });
    },
  };
}

function isHeld(file: string, own: LockOwner, nowMs: number): boolean {
  const owner = readOwner(file);
  if (owner === undefined || owner.host !== own.host) {
    return nowMs - statSync(file).mtimeMs < FOREIGN_STALE_MS;
  }
  return startTimeOf(owner.pid) === owner.startTime;
}

function readOwner(file: string): LockOwner | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Half written, or not ours: its age decides.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { host, pid, startTime } = { host: undefined, pid: undefined, startTime: undefined, ...value };
  if (typeof host !== 'string' || typeof pid !== 'number' || typeof startTime !== 'string') return undefined;
  return { host, pid, startTime };
}

/** Start time of a live process, in the kernel's ticks; undefined if there is none (proc(5), stat, field 22). */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return isAlive(pid) ? '' : undefined;
  }
}

/** Where there is no /proc (macOS): whether a process with this id is there at all. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
