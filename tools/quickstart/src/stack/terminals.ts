import { readFileSync } from 'node:fs';

/**
 * Whether an sshd of this user can give terminals: it hands them to the group tty, which only root may do, unless the
 * system has made them so (devpts with gid=).
 */
export function givesTerminals(
  isRoot = process.getuid?.() === 0,
  mounts = readFileSync('/proc/self/mounts', 'utf8'),
  groups = readFileSync('/etc/group', 'utf8'),
): boolean {
  if (isRoot) return true;
  const tty = /^tty:[^:]*:(\d+):/m.exec(groups)?.[1];
  const options = /^\S+ \/dev\/pts devpts (\S+)/m.exec(mounts)?.[1]?.split(',') ?? [];
  return tty === undefined || options.includes(`gid=${tty}`);
}
