import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { startServerProcess, type ServerProcess, type TemporaryDirectory } from '@sallyport/testing';

const SSHD = '/usr/sbin/sshd';

export interface SshdOptions {
  readonly directory: TemporaryDirectory;
  readonly port: number;
  /** "ssh-ed25519-cert-v01@openssh.com AAAA..." of the host key; absent: it shows the plain key. */
  readonly hostCertificate?: string;
  /** Lines of CAs whose user certificates it takes. */
  readonly userAuthorities: string;
  /** Names that those certificates must have. */
  readonly principals: readonly string[];
}

/** Makes the host key that `startSshd` uses; gives the line of its .pub file. */
export function hostKey(directory: TemporaryDirectory): string {
  const file = directory.join('sshd_host_key');
  if (!existsSync(file)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).trim();
}

/** A real OpenSSH server on loopback, which lets in the account that runs it. */
export async function startSshd(options: SshdOptions): Promise<ServerProcess> {
  const { directory, port, hostCertificate, userAuthorities, principals } = options;
  hostKey(directory);
  // Where sshd separates its privileges, when root runs it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  writeFileSync(directory.join('sshd_user_ca'), `${userAuthorities}\n`);
  writeFileSync(directory.join('sshd_principals'), `${principals.join('\n')}\n`);
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory.join('sshd_host_key')}`,
    `TrustedUserCAKeys ${directory.join('sshd_user_ca')}`,
    `AuthorizedPrincipalsFile ${directory.join('sshd_principals')}`,
    'AuthorizedKeysFile none',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'Subsystem sftp internal-sftp',
  ];
  if (hostCertificate !== undefined) {
    writeFileSync(directory.join('sshd_host_key-cert.pub'), `${hostCertificate}\n`);
    config.push(`HostCertificate ${directory.join('sshd_host_key-cert.pub')}`);
  }
  writeFileSync(directory.join('sshd_config'), `${config.join('\n')}\n`);
  const server = await startServerProcess({
    command: SSHD,
    args: ['-D', '-e', '-f', directory.join('sshd_config')],
  });
  await server.ready('sshd', () => answers(port), 10_000);
  return server;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
