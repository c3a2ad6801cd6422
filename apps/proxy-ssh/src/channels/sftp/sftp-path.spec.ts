import { describe, expect, it } from '@jest/globals';
import { absolutePath, leadsUp, linkTarget, pathText, splitPath } from './sftp-path.ts';

describe('a path', () => {
  it.each([
    ['/srv/a', '/srv/a'],
    ['a', '/home/ana/a'],
    ['.', '/home/ana'],
    ['', '/home/ana'],
    ['./a//b/', '/home/ana/a/b'],
    ['../bob/x', '/home/bob/x'],
    ['/srv/../etc/./passwd', '/etc/passwd'],
    ['/../../etc', '/etc'],
    ['//srv///a', '/srv/a'],
    ['/srv/...', '/srv/...'],
    ['/srv/..a', '/srv/..a'],
  ])('%s is %s', (path, absolute) => {
    expect(absolutePath(path, '/home/ana')).toBe(absolute);
  });

  it('that is relative to what nobody knows is no path', () => {
    expect([absolutePath('a', null), absolutePath('/a', null)]).toEqual([null, '/a']);
  });

  it('has a name of its own, whatever its bytes are', () => {
    const names = [Buffer.from('/a/\xff', 'latin1'), Buffer.from('/a/\xfe', 'latin1'), Buffer.from('/a/ä')];
    expect(names.map(pathText)).toEqual(['/a/\\xff', '/a/\\xfe', '/a/ä']);
  });

  it.each([
    ['/a/b', '/a', 'b'],
    ['/a', '/', 'a'],
    ['a', '.', 'a'],
  ])('%s is in %s', (path, folder, name) => {
    expect(splitPath(Buffer.from(path))).toEqual({ folder: Buffer.from(folder), name: Buffer.from(name) });
  });

  it.each(['/', '/a/', '/a/.', '/a/..', '..', ''])('"%s" is in no folder that its text tells', (path) => {
    expect(splitPath(Buffer.from(path))).toBeNull();
  });

  it('leads up only where a part of it does', () => {
    expect(['/a/../b', '..', '/a..b/..c'].map((path) => leadsUp(Buffer.from(path)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('that a link says counts from the link', () => {
    const target = (said: string, link: string) =>
      linkTarget(Buffer.from(said), Buffer.from(link)).toString();
    expect([target('/etc', '/srv/l'), target('../etc', '/srv/l'), target('x', 'l')]).toEqual([
      '/etc',
      '/srv/../etc',
      './x',
    ]);
  });
});
