import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { findOpenSsh } from '../packages/openssh.ts';
import { sessionScript, sshdConfig } from './sshd-config.ts';

/** A path with what sshd_config, sh and both of them take for something else. */
const ODD = "it's 100% odd $HOME";

describe('the sample host', () => {
  it('has a configuration that sshd reads as it is meant, whatever the folder is called', () => {
    using directory = temporaryDirectory();
    mkdirSync(directory.join(ODD));
    const inside = (name: string) => directory.join(ODD, name);
    const key = inside('host-key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const config = inside('sshd_config');
    const places = {
      hostKey: key,
      authorizedKeys: inside('keys'),
      session: inside('session.sh'),
      home: inside('home'),
    };
    writeFileSync(config, sshdConfig({ port: 1234, ...places, sftpServer: '/usr/bin/sftp-server' }));
    const read = execFileSync(findOpenSsh()?.sshd ?? 'sshd', ['-T', '-f', config], { encoding: 'utf8' });
    const lines = read.split('\n');
    expect(lines).toContain('listenaddress 127.0.0.1:1234');
    expect(lines).toContain(`hostkey ${key}`);
    expect(lines).toContain(`authorizedkeysfile ${inside('keys').replaceAll('%', '%%')}`);
    expect(lines).toContain('passwordauthentication no');
    expect(read).toContain(`HOME=${inside('home')}`);
    expect(read).toContain(`forcecommand '${inside('session.sh').replaceAll("'", `'\\''`)}'`);
  });

  it('begins each session in its home, and runs what was asked for', () => {
    using directory = temporaryDirectory();
    mkdirSync(directory.join(ODD));
    const run = (asked: string) =>
      execFileSync('/bin/sh', ['-c', sessionScript(directory.join(ODD))], {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', SSH_ORIGINAL_COMMAND: asked },
      });
    expect(run('pwd')).toBe(`${directory.join(ODD)}\n`);
    expect(run(`printf '%s|' "a  b" '$x' | cat`)).toBe('a  b|$x|');
  });
});
