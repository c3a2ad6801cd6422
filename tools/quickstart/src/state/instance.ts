import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DoorName } from '../stack/doors.ts';
import type { Ports } from '../stack/ports.ts';
import type { StateFolder } from './state-folder.ts';

/** What runs from a state folder, as its supervisor writes it down at each change. */
export interface Instance {
  readonly supervisorPid: number;
  /** From /proc: tells the supervisor from another process that got its number. */
  readonly supervisorStarted: string;
  readonly ports: Ports;
  readonly doors: readonly DoorName[];
  readonly ready: boolean;
  /** Process ids by name: "proxy-postgres", "nats"... */
  readonly processes: Readonly<Record<string, number>>;
}

const FILE = 'instance.json';

export function writeInstance(state: StateFolder, instance: Instance): void {
  const file = state.file(FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function forgetInstance(state: StateFolder): void {
  rmSync(state.file(FILE), { force: true });
}

/** What runs, or undefined where nothing does any more. */
export function readInstance(statePath: string): Instance | undefined {
  const file = `${statePath}/${FILE}`;
  if (!existsSync(file)) return undefined;
  const instance = JSON.parse(readFileSync(file, 'utf8')) as Instance;
  return startTimeOf(instance.supervisorPid) === instance.supervisorStarted ? instance : undefined;
}

/** When a process started, in clock ticks since boot; undefined where there is none with this id. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined; // It has ended.
  }
}
