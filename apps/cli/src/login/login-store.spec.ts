import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { capturedWorld } from '../../test/support/captured-world.ts';
import type { Login } from './login.ts';
import { configDirectory, LoginStore } from './login-store.ts';

const login: Login = {
  token: 'spt_secret',
  expiresAt: '2026-11-23T12:00:00.000Z',
  principal: 'ada',
  source: { kind: 'device', issuer: 'https://id.example', clientId: 'cli', refreshToken: 'again' },
};

describe('LoginStore', () => {
  it('gives back what it was given, per control plane, the last one current', async () => {
    using directory = temporaryDirectory();
    const store = new LoginStore(directory.join('new'));
    await store.put('http://a', login);
    await store.put('http://b', { ...login, principal: 'bob' });
    expect(await store.read()).toEqual({
      version: 1,
      current: 'http://b',
      logins: { 'http://a': login, 'http://b': { ...login, principal: 'bob' } },
    });
    await store.remove('http://b');
    expect(await store.read()).toEqual({ version: 1, current: 'http://a', logins: { 'http://a': login } });
  });

  it('keeps tokens from everybody else, and leaves no other file', async () => {
    using directory = temporaryDirectory();
    const store = new LoginStore(directory.join('new'));
    await store.put('http://a', login);
    expect(statSync(store.file).mode & 0o777).toBe(0o600);
    expect(statSync(directory.join('new')).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory.join('new'))).toEqual(['logins.json']);
  });

  it('refuses a file that others can read', async () => {
    using directory = temporaryDirectory();
    const store = new LoginStore(directory.path);
    await store.put('http://a', login);
    chmodSync(store.file, 0o640);
    await expect(store.read()).rejects.toThrow('can be read by others');
  });

  it.each(['', '{', '[]', '{"version":2}', '{"version":1,"current":"","logins":{"a":{"token":1}}}'])(
    'says that a file is damaged: %j',
    async (content) => {
      using directory = temporaryDirectory();
      const store = new LoginStore(directory.path);
      writeFileSync(store.file, content, { mode: 0o600 });
      await expect(store.read()).rejects.toThrow('is damaged');
      expect(readFileSync(store.file, 'utf8')).toBe(content);
    },
  );

  it('lets one process at a time do what must not be done twice', async () => {
    using directory = temporaryDirectory();
    const order: string[] = [];
    const waiting = capturedWorld({ onSleep: () => void order.push('waits') });
    const [first, second] = [new LoginStore(directory.path), new LoginStore(directory.path)];
    const held = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const one = first.locked(waiting, () => {
      begun.resolve(undefined);
      return held.promise;
    });
    await begun.promise;
    await expect(
      second.locked({ ...waiting, sleep: () => Promise.reject(new Error('still held')) }, async () =>
        order.push('second'),
      ),
    ).rejects.toThrow('still held');
    held.resolve(undefined);
    await one;
    await second.locked(waiting, async () => order.push('second'));
    expect(order).toEqual(['second']);
  });
});

describe('configDirectory', () => {
  it.each([
    [{ SALLYPORT_CONFIG_DIR: '/own', XDG_CONFIG_HOME: '/xdg' }, '/own'],
    [{ XDG_CONFIG_HOME: '/xdg' }, '/xdg/sallyport'],
    [{ XDG_CONFIG_HOME: 'relative' }, '/home/ada/.config/sallyport'],
    [{}, '/home/ada/.config/sallyport'],
  ])('with %j is %s', (env, directory) => {
    expect(configDirectory({ env, homeDirectory: '/home/ada' })).toBe(directory);
  });
});
