import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import type { World } from '../world.ts';

const OWNER_ONLY = 0o600;
const DIRECTORY_OWNER_ONLY = 0o700;
const LOCK_POLL_MS = 50;
const LOCK_STALE_MS = 30_000;
const LOCK_TRIES = 400;

/** Runs `work` while no other process that asks for this lock file does. */
export async function withFileLock<Result>(
  lock: string,
  world: World,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(lock), { recursive: true, mode: DIRECTORY_OWNER_ONLY });
  for (let tries = 0; !(await takeLock(lock)); tries += 1) {
    if (tries === LOCK_TRIES)
      throw new CliError('failed', `Another sallyport holds ${lock}.`, { next: 'Delete it if none runs.' });
    await world.sleep(LOCK_POLL_MS, world.interrupted);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', OWNER_ONLY)).close();
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST')
      throw new CliError('failed', `${lock} cannot be made.`, { reason: reasonOf(error) });
  }
  const made = await stat(lock).catch(() => undefined);
  if (made !== undefined && Date.now() - made.mtimeMs > LOCK_STALE_MS) await rm(lock, { force: true });
  return false;
}
