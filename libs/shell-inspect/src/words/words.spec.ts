import { describe, expect, it } from '@jest/globals';
import { inspectShell } from '../inspect-shell.ts';
import { isKnownProgram, isOpened } from '../programs/program-table.ts';
import { normalizePath, programKind, programName } from './program-name.ts';
import { quoteWord } from './quote-word.ts';

function words(text: string): readonly string[] | undefined {
  const inspection = inspectShell(`echo ${text}`, { dialect: 'bash' });
  return inspection.ok ? inspection.commands[0]?.argv.slice(1) : undefined;
}

describe('brace expansion', () => {
  // As bash prints them.
  it.each([
    ['{a,b}', ['a', 'b']],
    ['a{b,c}d', ['abd', 'acd']],
    ['{a,b}{c,d}', ['ac', 'ad', 'bc', 'bd']],
    ['{a,b{c,d}}', ['a', 'bc', 'bd']],
    ['{a,}b', ['ab', 'b']],
    ['{1..3}', ['1', '2', '3']],
    ['{3..1}', ['3', '2', '1']],
    ['{01..03}', ['01', '02', '03']],
    ['{1..5..2}', ['1', '3', '5']],
    ['{a..c}', ['a', 'b', 'c']],
    ['{-1..1}', ['-1', '0', '1']],
    ['{a}', ['{a}']],
    ['{a,b', ['{a,b']],
    ['{{a,b}}', ['{a}', '{b}']],
    ['{"a,b",c}', ['a,b', 'c']],
    ['"{a,b}"', ['{a,b}']],
    ['\\{a,b}', ['{a,b}']],
    ['{a\\,b}', ['{a,b}']],
    ['x{}', ['x{}']],
  ])('makes of %s what bash makes of it', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });
});

describe('program names', () => {
  it.each([
    ['/bin/rm', 'rm'],
    ['/usr/local/sbin/x', 'x'],
    ['/bin/../bin/./rm', 'rm'],
    ['/usr/bin/../../tmp/rm', '/tmp/rm'],
    ['/opt/bin/rm', '/opt/bin/rm'],
    ['./rm', './rm'],
    ['bin/rm', 'bin/rm'],
    ['/binx/rm', '/binx/rm'],
    ['/bin/x/rm', '/bin/x/rm'],
    ['rm', 'rm'],
  ])('%s is called %s', (path, name) => {
    expect(programName(path)).toBe(name);
  });

  it.each([
    ['python3.11', 'python'],
    ['python3', 'python'],
    ['/opt/x/bash-5.2', 'bash'],
    ['perl5.36.0', 'perl'],
    ['md5sum', 'md5sum'],
    ['ping6', 'ping6'],
    ['perl5.36-x86_64-linux-gnu', 'perl'],
    ['ls2', 'ls2'],
    ['vim.tiny', 'vim'],
    ['gcc-12', 'gcc'],
    ['my-tool2', 'my-tool2'],
  ])('%s is a kind of %s', (name, kind) => {
    expect(programKind(name, isKnownProgram, isOpened)).toBe(kind);
  });

  it('has no way above the root', () => {
    expect(normalizePath('/../../bin//rm')).toBe('/bin/rm');
  });
});

describe('quoting', () => {
  it.each([
    ['abc', 'abc'],
    ['/srv/a-b_c.d', '/srv/a-b_c.d'],
    ['--a=b', '--a=b'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['*', "'*'"],
    ['~', "'~'"],
    ['=ls', "'=ls'"],
    ['{}', '{}'],
    ['{a,b}', "'{a,b}'"],
    ['é', "'é'"],
    ['!x', "'!x'"],
    ['a#b', "'a#b'"],
  ])('of %s is %s', (text, quoted) => {
    expect(quoteWord(text)).toBe(quoted);
  });
});
