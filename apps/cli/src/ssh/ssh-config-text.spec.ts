import { describe, expect, it } from '@jest/globals';
import { execWord, renderSshConfig, type SshConfigParts } from './ssh-config-text.ts';

const parts: SshConfigParts = {
  url: 'https://sallyport.example.com',
  hosts: [
    { name: 'web', logins: ['deploy', 'root'] },
    { name: 'db', logins: [] },
  ],
  endpoint: { host: 'ssh.example.com', port: '10022' },
  hostKeyAlias: 'ssh.sallyport.internal',
  files: { key: '/h/key', certificate: '/h/key-cert.pub', knownHosts: '/h/known hosts' },
};

describe('the configuration of ssh', () => {
  it('names each target, and each of its accounts beside it', () => {
    const text = renderSshConfig(parts);
    expect(text).toContain(
      'Host web\n  User web\nHost deploy+web\n  User deploy@web\nHost root+web\n  User root@web\n',
    );
    expect(text).toContain(
      'Match originalhost web,deploy+web,root+web,db\n  HostName ssh.example.com\n  Port 10022\n',
    );
    expect(text).toContain('  UserKnownHostsFile "/h/known hosts"\n');
  });

  it('trusts no host but the doors, and asks nobody', () => {
    const text = renderSshConfig(parts);
    expect(text).toContain('  StrictHostKeyChecking yes\n');
    expect(text).toContain('  GlobalKnownHostsFile none\n');
    expect(text).toContain('  HostKeyAlias ssh.sallyport.internal\n');
  });

  it('goes to the door also where the renewal failed: what it needs is in another block', () => {
    const text = renderSshConfig({ ...parts, renewal: ['sallyport', 'ssh-cert', '--ensure'] });
    const [, renewing = '', going = ''] = text.split(/^Match originalhost /m);
    expect(renewing).toMatch(/ exec "sallyport ssh-cert --ensure"\n {2}IdentitiesOnly yes\n$/);
    expect(going).not.toContain('exec');
    expect(going).toContain('HostName');
  });

  it('has what else ssh is told count for all hosts, not for targets only', () => {
    const text = renderSshConfig({ ...parts, includes: ['~/.ssh/config'] });
    expect(text).toMatch(/\nMatch all\nInclude ~\/\.ssh\/config\n$/);
  });

  it('matches nothing where there is no target', () => {
    expect(renderSshConfig({ ...parts, hosts: [], renewal: ['x'] })).not.toContain('originalhost');
  });
});

describe('the command that ssh runs', () => {
  it.each([
    [
      ['/usr/bin/node', '/opt/s.ts', '--url', 'http://[::1]:8400'],
      `"/usr/bin/node /opt/s.ts --url 'http://[::1]:8400'"`,
    ],
    [["it's here"], `"'it'\\\\''s here'"`],
    [['a"b', '100%', 'x y', '$(id)'], `"'a\\"b' '100%%' 'x y' '$(id)'"`],
    [['a\\b'], `"'a\\\\b'"`],
  ])('of %j is %s', (words, expected) => {
    expect(execWord(words)).toBe(expected);
  });
});
