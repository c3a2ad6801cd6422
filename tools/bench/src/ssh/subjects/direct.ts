import type { SshServer } from '@sallyport/testing';
import { execFileSync } from 'node:child_process';
import { loginArguments, type SshSubject } from '../ssh-subject.ts';

/** Straight at the OpenSSH server, with a certificate as callers of Sallyport have one. */
export function direct(server: SshServer): SshSubject {
  const { host, port, user, privateKeyFile } = server;
  const args = ['-q', '-s', server.userAuthorityFile, '-I', 'bench', '-n', user, `${privateKeyFile}.pub`];
  execFileSync('ssh-keygen', args);
  const login = loginArguments({
    ...{ host, port, user, privateKeyFile },
    certificateFile: `${privateKeyFile}-cert.pub`,
  });
  return {
    name: 'direct',
    login: () => Promise.resolve(login),
    pids: [],
    backgroundPids: [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
