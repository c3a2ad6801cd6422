import { readFileSync } from 'node:fs';
import { figure, type Figure } from '../figures.ts';
import { EchoSession } from './echo-session.ts';
import type { SshSubject } from './ssh-subject.ts';

export const SESSIONS = 200;
/** That log in at one time: fewer than a door lets stand outside. */
const AT_ONCE = 8;
const MEGABYTE = 1e6;
const KIB = 1024;

/** Resident memory of the data path for each of many sessions that are open at one time, each with a running command. */
export async function measureSessions(subject: SshSubject, signal: AbortSignal): Promise<Figure[]> {
  const open: EchoSession[] = [];
  await using all = new AsyncDisposableStack();
  all.defer(async () => {
    await Promise.all(open.map((session) => session[Symbol.asyncDispose]()));
  });
  const before = residentBytes(subject.pids);
  for (let started = 0; started < SESSIONS; started += AT_ONCE) {
    signal.throwIfAborted();
    const login = await subject.login();
    const sessions = Array.from({ length: AT_ONCE }, () => new EchoSession(login));
    open.push(...sessions);
    await Promise.all(sessions.map((session) => session.echo()));
  }
  const after = residentBytes(subject.pids);
  const key = (measure: string): string => `ssh.sessions.${SESSIONS}.${measure}`;
  return [
    figure(key('rss_mb_per_session'), 'MB', [(after - before) / MEGABYTE / SESSIONS]),
    figure(key('rss_mb'), 'MB', [after / MEGABYTE]),
  ];
}

/** Of processes together. @throws Error where there is no /proc */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kib === undefined) throw new Error(`process ${pid} does not say its memory`);
    return sum + Number(kib) * KIB;
  }, 0);
}
