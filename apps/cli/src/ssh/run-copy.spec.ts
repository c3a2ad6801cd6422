import { describe, expect, it } from '@jest/globals';
import { withAlias } from './run-copy.ts';
import { splitDestination } from './run-ssh.ts';

describe('what scp is given', () => {
  const hosts = [{ name: 'web', logins: ['deploy', 'root'] }];

  it.each([
    ['root@web:/etc/hosts', 'root+web:/etc/hosts'],
    ['root@web', 'root+web'],
    ['root@web:', 'root+web:'],
    ['web:/etc/hosts', 'web:/etc/hosts'],
    ['nobody@web:/x', 'nobody@web:/x'],
    ['root@other:/x', 'root@other:/x'],
    ['./root@web', './root@web'],
    ['-oUser=root@web', '-oUser=root@web'],
    ['dir/root@web:x', 'dir/root@web:x'],
  ])('%s is %s', (word, expected) => {
    expect(withAlias(word, hosts)).toBe(expected);
  });
});

describe('the destination of ssh', () => {
  it.each([
    ['web', { login: undefined, name: 'web' }],
    ['root@web', { login: 'root', name: 'web' }],
    ['a@b@web', { login: 'a@b', name: 'web' }],
  ])('%s', (text, expected) => {
    expect(splitDestination(text)).toEqual(expected);
  });
});
