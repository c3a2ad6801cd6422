import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { UnixUser } from './server-process.ts';

/** Users that a server may run as when this process is root, the best first. */
const CANDIDATES = ['postgres', 'nobody'];

/**
 * Whom to run a server as that refuses to run as root: undefined when this process is not root.
 * `paths` are what it must be able to reach.
 */
export function unprivilegedUser(paths: readonly string[]): UnixUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined) {
      return { uid: Number(uid), gid: Number(gid), readAnywhere: !paths.every(openToAll) };
    }
  }
  throw new Error('this machine has neither a user postgres nor a user nobody to run PostgreSQL as');
}

/** Whether every directory on the way may be entered by everybody. */
function openToAll(path: string): boolean {
  for (let at = resolve(path); at !== '/'; at = dirname(at)) {
    accessSync(at, constants.F_OK);
    const stats = statSync(at);
    if (stats.isDirectory() && (stats.mode & 0o001) === 0) return false;
  }
  return true;
}
