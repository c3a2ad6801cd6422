import { parseScpCommand } from '@sallyport/codec-ssh';
import { describe, expect, it } from '@jest/globals';
import { readScpCommand } from './read-scp-command.ts';
import { copyOperation, entryOperation, type ScpEntry } from './scp-operation.ts';

describe('a command', () => {
  it.each([
    ['scp -t /srv/x', 'scp -t /srv/x'],
    ["/usr/bin/scp -v -r -f -- '/srv/a b'", "scp -v -r -f -- '/srv/a b'"],
    ['scp -t "it\'s"', `scp -t 'it'\\''s'`],
  ])('%s is a copy, and written anew', (command, anew) => {
    expect(readScpCommand(Buffer.from(command))?.command.toString()).toBe(anew);
  });

  it.each([
    'scp -t x; id',
    'scp -t $(id)',
    'scp -t x > y',
    'A=1 scp -t x',
    'scp -f *.txt',
    'scp -f ~/x',
    'scp -f {a,b}',
    'scp -f "$HOME"',
    '/tmp/scp -t x',
    './scp -t x',
    'scp -S /tmp/evil -t x',
    'scp a b',
    'scp',
    'sudo scp -t x',
    'scp -t x |& id',
    'scp -t x & id',
  ])('%s is none', (command) => {
    expect(readScpCommand(Buffer.from(command))).toBeNull();
  });
});

describe('an entry of a copy', () => {
  const scp = (...words: string[]) => {
    const command = parseScpCommand(['scp', ...words]);
    if (command === null) throw new Error('no copy');
    return command;
  };
  const entry = (kind: 'file' | 'directory', mode: number, ...names: string[]): ScpEntry => {
    const [name = Buffer.alloc(0), ...outer] = names.map((each) => Buffer.from(each)).toReversed();
    const facts = { bytes: Buffer.alloc(0), expectsReply: true, directories: outer.toReversed(), mode, name };
    return kind === 'file' ? { ...facts, kind, size: 1n } : { ...facts, kind };
  };
  const shown = (words: string[], each: ScpEntry) => {
    const { paths, actions } = entryOperation(scp(...words), each);
    return { paths: paths.map(({ path }) => path.toString()), actions: actions.map(({ action }) => action) };
  };

  it('is decided on in every place where it may land', () => {
    expect(shown(['-t', '/srv'], entry('file', 0o644, 'a'))).toEqual({
      paths: ['/srv/a', '/srv'],
      actions: ['ssh.sftp.write'],
    });
    expect(shown(['-t', '-r', '/srv'], entry('file', 0o644, 'top', 'sub', 'a')).paths).toEqual([
      '/srv/top/sub/a',
      '/srv/sub/a',
    ]);
    expect(shown(['-t', '-d', '/srv'], entry('file', 0o644, 'a')).paths).toEqual(['/srv/a']);
  });

  it('that the target sends is in the path that was asked for', () => {
    expect(shown(['-f', '-r', '/srv/top'], entry('file', 0o644, 'top', 'a'))).toEqual({
      paths: ['/srv/top/a'],
      actions: ['ssh.sftp.read'],
    });
    expect(shown(['-f', '-r', '/srv/top'], entry('directory', 0o755, 'top')).actions).toEqual([
      'ssh.sftp.list',
    ]);
  });

  it('needs attributes where it sets them', () => {
    expect(shown(['-t', '-p', '/srv'], entry('directory', 0o755, 'd')).actions).toEqual([
      'ssh.sftp.mkdir',
      'ssh.sftp.attributes',
    ]);
    expect(shown(['-t', '/srv'], entry('file', 0o4755, 'a')).actions).toContain('ssh.sftp.attributes');
  });

  it('belongs to a copy that is decided on as a whole', () => {
    expect(copyOperation(scp('-f', 'a', 'b')).actions).toEqual([{ action: 'ssh.sftp.read', on: [0, 1] }]);
  });
});
