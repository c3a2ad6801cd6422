import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { openStateFolder, removeStateFolder } from './state-folder.ts';

describe('a state folder', () => {
  it('keeps its credentials from one start to the next, for the owner only', () => {
    using directory = temporaryDirectory();
    const path = directory.join('state');
    const first = openStateFolder(path);
    const secret = first.secret('nats-token');
    expect(secret).toMatch(/^[\w-]{32}$/);
    expect(openStateFolder(path).secret('nats-token')).toBe(secret);
    expect(first.secret('another')).not.toBe(secret);
    expect(statSync(first.secretFile('nats-token')).mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o711);
    expect(statSync(first.directory('secrets')).mode & 0o777).toBe(0o700);
  });

  it('can be passed through whatever the umask is, and a folder that was there keeps its mode', () => {
    using directory = temporaryDirectory();
    const umask = process.umask(0o077);
    try {
      openStateFolder(directory.join('new', 'state'));
      mkdirSync(directory.join('empty'));
      openStateFolder(directory.join('empty'));
    } finally {
      process.umask(umask);
    }
    expect(statSync(directory.join('new', 'state')).mode & 0o777).toBe(0o711);
    expect(statSync(directory.join('empty')).mode & 0o777).toBe(0o700);
  });

  it('is not made where something else is', () => {
    using directory = temporaryDirectory();
    writeFileSync(directory.join('thesis.tex'), 'precious');
    expect(() => openStateFolder(directory.path)).toThrow(/has something else in it/);
  });

  it('is removed by --fresh, and nothing else is', () => {
    using directory = temporaryDirectory();
    const path = directory.join('state');
    openStateFolder(path).file('config', 'x.yaml');
    removeStateFolder(path);
    expect(existsSync(path)).toBe(false);
    removeStateFolder(path);
    mkdirSync(path);
    writeFileSync(directory.join('state', 'thesis.tex'), 'precious');
    expect(() => removeStateFolder(path)).toThrow(/left alone/);
    expect(readFileSync(directory.join('state', 'thesis.tex'), 'utf8')).toBe('precious');
  });

  it('says where it cannot be made', () => {
    using directory = temporaryDirectory();
    writeFileSync(directory.join('file'), '');
    expect(() => openStateFolder(directory.join('file', 'state'))).toThrow(/cannot make the folder .*state/);
  });
});
