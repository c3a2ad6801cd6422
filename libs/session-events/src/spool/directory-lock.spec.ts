import { describe, expect, it } from '@jest/globals';
import { startServerProcess } from '@sallyport/testing';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../testing/spool-directory.ts';
import { DirectoryInUseError, DirectoryLock } from './directory-lock.ts';

const HOLDER = `
  const { DirectoryLock } = await import(process.argv[1]);
  await DirectoryLock.acquire(process.argv[2]);
  process.stdout.write('held');
  setInterval(() => undefined, 1000);
`;

describe('DirectoryLock', () => {
  it('is held by one at a time and free after it was released', async () => {
    using directory = temporaryDirectory();
    const lock = await DirectoryLock.acquire(directory.path);
    await expect(DirectoryLock.acquire(directory.path)).rejects.toThrow(DirectoryInUseError);
    lock.release();
    (await DirectoryLock.acquire(directory.path)).release();
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('is held while its process lives, even stopped, and free as soon as it was killed', async () => {
    using directory = temporaryDirectory();
    const module = new URL('./directory-lock.ts', import.meta.url).href;
    const args = ['--input-type=module', '-e', HOLDER, module, directory.path];
    await using holder = await startServerProcess({
      command: process.execPath,
      args,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await holder.ready('it is held', () => holder.output().includes('held'));
    holder.kill('SIGSTOP');
    await expect(DirectoryLock.acquire(directory.path)).rejects.toThrow('another process');
    holder.kill('SIGKILL');
    await holder.exited;
    (await DirectoryLock.acquire(directory.path)).release();
  });

  it('goes to one of many that find it left behind by a dead process', async () => {
    using directory = temporaryDirectory();
    const module = new URL('./directory-lock.ts', import.meta.url).href;
    const args = ['--input-type=module', '-e', HOLDER, module, directory.path];
    const holder = await startServerProcess({
      command: process.execPath,
      args,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await holder.ready('it is held', () => holder.output().includes('held'));
    await holder.stop('SIGKILL');
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, () => DirectoryLock.acquire(directory.path)),
    );
    const taken = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(taken).toHaveLength(1);
    for (const lock of taken) lock.release();
  });

  it('works in a directory whose path is longer than a socket may have', async () => {
    using directory = temporaryDirectory();
    const deep = join(directory.path, 'd'.repeat(100), 'e'.repeat(100));
    mkdirSync(deep, { recursive: true });
    const lock = await DirectoryLock.acquire(deep);
    await expect(DirectoryLock.acquire(deep)).rejects.toThrow(DirectoryInUseError);
    lock.release();
  });
});
