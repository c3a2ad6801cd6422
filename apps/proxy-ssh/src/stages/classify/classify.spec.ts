import { describe, expect, it } from '@jest/globals';
import type { SessionSetup } from '../../channels/session-setup.ts';
import { parseUserName } from '../accept/user-name.ts';
import { classifyCommand } from './classify-command.ts';
import { classifyForward, isHarmlessVariable } from './classify-request.ts';

const PLAIN: SessionSetup = { pty: null, variables: [] };
const command = (text: string | Buffer, setup = PLAIN) => classifyCommand(Buffer.from(text), setup, 1000);

describe('a user name', () => {
  it.each([
    ['web', 'web', ''],
    ['deploy@web', 'web', 'deploy'],
    ['ana@corp.example@web', 'web', 'ana@corp.example'],
    ['@web', 'web', ''],
    ['deploy@', '', 'deploy'],
  ])('%s asks for target "%s" as "%s"', (user, target, login) => {
    expect(parseUserName(user)).toEqual({ target, login });
  });
});

describe('a command', () => {
  it('is its effects, its words for conditions, and its exact text for approvals', () => {
    const ask = command('rm -rf /srv/data && echo done');
    expect(ask.effects.flatMap(({ action, objects }) => objects.map(({ name }) => [action, name]))).toEqual([
      ['ssh.exec', 'rm -rf /srv/data'],
      ['ssh.exec', 'echo done'],
    ]);
    expect(ask.fields).toMatchObject({ tty: false, commands: ['rm -rf /srv/data', 'echo done'] });
    expect(ask.exactText).toBe('rm -rf /srv/data && echo done');
  });

  it('is recorded without the secrets in it', () => {
    const ask = command('mysql -phunter2');
    expect(JSON.stringify([ask.text, ask.fields, ask.effects])).not.toContain('hunter2');
    expect(ask.exactText).toContain('hunter2');
  });

  it.each([
    ['too long', 'x'.repeat(1001), 'statement_too_large'],
    ['not closed', 'echo "', 'statement_not_understood'],
    ['no text', Buffer.from([0xff, 0xfe]), 'statement_not_understood'],
  ])('is refused, not decided on, when it is %s', (_what, text, code) => {
    expect(command(text).refusal?.code).toBe(code);
  });

  it.each(['', '   ', '# only words'])(
    'that does nothing ("%s") still has something to decide on',
    (text) => {
      expect(command(text).effects.length).toBeGreaterThan(0);
    },
  );

  it('is bound to its variables and its terminal when it is approved', () => {
    const variables = [{ name: 'A', value: Buffer.from('1'), decided: null }];
    expect(command('id', { pty: null, variables }).context).not.toEqual(command('id').context);
  });
});

describe('a variable', () => {
  it.each([
    ['LANG', 'en_US.UTF-8'],
    ['LC_ALL', 'C'],
    ['TZ', 'Europe/Berlin'],
    ['COLORTERM', 'truecolor'],
  ])('%s=%s is harmless', (name, value) => {
    expect(isHarmlessVariable(name, Buffer.from(value))).toBe(true);
  });

  it.each([
    ['PATH', '/tmp'],
    ['LD_PRELOAD', 'x.so'],
    ['LC_all', 'C'],
    ['TZ', '/etc/shadow'],
    ['TZ', ':/etc/shadow'],
    ['LANGUAGE', '../../../tmp/x'],
    ['LANG', '() { :; }; id'],
    ['LC_ALL', 'C\nx'],
  ])('%s=%s is not', (name, value) => {
    expect(isHarmlessVariable(name, Buffer.from(value))).toBe(false);
  });
});

describe('a forward', () => {
  const origin = { originatorAddress: '', originatorPort: 0 };

  it.each([
    ['DB.example', 5432, 'db.example:5432'],
    ['::1', 22, '[::1]:22'],
  ])('to %s port %d is to %s', (host, port, name) => {
    expect(classifyForward({ kind: 'direct-tcpip', host, port, ...origin })?.effects).toMatchObject([
      { action: 'ssh.forward.local', objects: [{ kind: 'host', name }] },
    ]);
  });

  it('that is no forward of a caller is nothing that could be allowed', () => {
    expect(classifyForward({ kind: 'tun@openssh.com', mode: 1, unit: 0 })).toBeNull();
    expect(classifyForward({ kind: 'unknown', name: 'x', data: Buffer.alloc(0) })).toBeNull();
  });
});
