import { readFileSync } from 'node:fs';
import { isOpenToAll } from './open-to-all.ts';
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
      return { uid: Number(uid), gid: Number(gid), readAnywhere: !paths.every(isOpenToAll) };
    }
  }
  throw new Error('this machine has neither a user postgres nor a user nobody to run PostgreSQL as');
}
