import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const OTHERS_ENTER = 0o001;

/** Whether every directory on the way to a path may be entered by everybody. */
export function isOpenToAll(path: string): boolean {
  for (let at = resolve(path); at !== '/'; at = dirname(at)) {
    const stats = statSync(at);
    if (stats.isDirectory() && (stats.mode & OTHERS_ENTER) === 0) return false;
  }
  return true;
}
