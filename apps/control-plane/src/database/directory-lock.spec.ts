import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { lockDirectory } from './directory-lock.ts';

describe('lockDirectory', () => {
  it('keeps a second out until the first lets go', () => {
    using directory = temporaryDirectory('lock');
    const first = lockDirectory(directory.path);
    expect(() => lockDirectory(directory.path)).toThrow(/in use/);
    first[Symbol.dispose]();
    expect(existsSync(directory.join('sallyport.lock'))).toBe(false);
    lockDirectory(directory.path)[Symbol.dispose]();
  });

  it('takes over at once what a dead process of this machine left, also if its id lives again', () => {
    using directory = temporaryDirectory('lock');
    for (const owner of [
      { host: hostname(), pid: 2 ** 22 + 1, startTime: '1' },
      { host: hostname(), pid: process.pid, startTime: 'earlier' },
    ]) {
      writeFileSync(directory.join('sallyport.lock'), JSON.stringify(owner));
      lockDirectory(directory.path)[Symbol.dispose]();
    }
  });

  it('waits for the lock of another machine to grow old', () => {
    using directory = temporaryDirectory('lock');
    const file = directory.join('sallyport.lock');
    for (const content of [JSON.stringify({ host: 'elsewhere', pid: 1, startTime: '1' }), '{"host":', '']) {
      writeFileSync(file, content);
      expect(() => lockDirectory(directory.path)).toThrow(/in use/);
      const old = new Date(Date.now() - 31_000);
      utimesSync(file, old, old);
      lockDirectory(directory.path)[Symbol.dispose]();
    }
  });
});
