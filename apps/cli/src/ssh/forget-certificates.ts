import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../cli-error.ts';
import type { World } from '../world.ts';
import { loginSshFiles, type SshFiles } from './ssh-files.ts';

const STALE_MS = 24 * 3_600_000;

/**
 * Deletes key and certificate of a login that ends. What ssh was told of the targets stays: without it,
 * "ssh web" would look for another host of that name.
 */
export async function forgetLoginCertificate(world: World, url: string): Promise<void> {
  const { key, certificate, state, config } = loginSshFiles(world, url);
  for (const file of [key, certificate, state, config]) await rm(file, { force: true });
}

/** Deletes what tokens that are gone have left behind; nothing that ssh was told of. */
export async function forgetStaleCertificates({ directory }: SshFiles, now: Date): Promise<void> {
  const parent = dirname(directory);
  for (const name of await readdir(parent)) {
    const other = join(parent, name);
    if (other !== directory && (await isStale(other, now))) await rm(other, { recursive: true, force: true });
  }
}

async function isStale(directory: string, now: Date): Promise<boolean> {
  try {
    const state: unknown = JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'));
    const expiresAt: unknown =
      typeof state === 'object' && state !== null ? Reflect.get(state, 'expiresAt') : '';
    const isOver = typeof expiresAt === 'string' && now.getTime() - Date.parse(expiresAt) > STALE_MS;
    return isOver && !(await exists(join(directory, 'hosts')));
  } catch {
    // Not one of ours, or being made just now.
    return false;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
