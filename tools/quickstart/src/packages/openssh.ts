import { existsSync } from 'node:fs';

/** sshd is started by its full path, and lies where only root's PATH leads. */
const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];
const SFTP_SERVER = [
  '/usr/lib/openssh/sftp-server',
  '/usr/lib/ssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/libexec/sftp-server',
];

/** The machine's OpenSSH server, with its SFTP server; undefined where there is none. */
export interface OpenSsh {
  readonly sshd: string;
  readonly sftpServer: string;
}

export function findOpenSsh(): OpenSsh | undefined {
  const sshd = SSHD.find((file) => existsSync(file));
  const sftpServer = SFTP_SERVER.find((file) => existsSync(file));
  return sshd === undefined || sftpServer === undefined ? undefined : { sshd, sftpServer };
}
