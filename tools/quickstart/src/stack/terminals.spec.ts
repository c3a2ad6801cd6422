import { describe, expect, it } from '@jest/globals';
import { givesTerminals } from './terminals.ts';

const DEBIAN = 'proc /proc proc rw 0 0\ndevpts /dev/pts devpts rw,nosuid,gid=5,mode=620,ptmxmode=000 0 0\n';
const BARE = 'devpts /dev/pts devpts rw,relatime,mode=600,ptmxmode=000 0 0\n';
const GROUPS = 'root:x:0:\ntty:x:5:\n';

describe('terminals of the sample host', () => {
  it.each([
    ['root, whatever the mount', true, BARE, GROUPS, true],
    ['an ordinary user of Debian', false, DEBIAN, GROUPS, true],
    ['an ordinary user where terminals belong to nobody', false, BARE, GROUPS, false],
    [
      'an ordinary user where they belong to another group',
      false,
      DEBIAN.replace('gid=5', 'gid=50'),
      GROUPS,
      false,
    ],
    ['an ordinary user where there is no such group', false, BARE, 'root:x:0:\n', true],
  ])('%s', (_who, isRoot, mounts, groups, gives) => {
    expect(givesTerminals(isRoot, mounts, groups)).toBe(gives);
  });
});
