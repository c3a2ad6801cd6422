import { readFileSync } from 'node:fs';
import { givesTerminals } from './terminals.ts';

export interface SampleSshd {
  readonly port: number;
  readonly hostKey: string;
  readonly authorizedKeys: string;
  /** The script that every session begins with. */
  readonly session: string;
  readonly home: string;
  readonly sftpServer: string;
}

/**
 * sshd_config(5) of the sample host: loopback, one key and no password. What callers of Sallyport are kept from, such
 * as forwards, they are kept from by Sallyport alone: sshd would do it.
 */
export function sshdConfig({ port, hostKey, authorizedKeys, session, home, sftpServer }: SampleSshd): string {
  return `${[
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${quoted(hostKey)}`,
    `AuthorizedKeysFile ${quoted(authorizedKeys).replaceAll('%', '%%')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    `UsePAM ${isLockedForPasswords() ? 'yes' : 'no'}`,
    // The state folder may be below one that others write to, such as /tmp.
    'StrictModes no',
    // Asked for what it cannot give, sshd would end the connection.
    `PermitTTY ${givesTerminals() ? 'yes' : 'no'}`,
    'PidFile none',
    'UseDNS no',
    'PrintMotd no',
    'PrintLastLog no',
    // Nothing of the account's own start files: its home, for them, is the sample's.
    'PermitUserRC no',
    `SetEnv ${quoted(`HOME=${home}`)} ${quoted(`PATH=${home}/bin:/usr/local/bin:/usr/bin:/bin`)}`,
    `ForceCommand ${shellQuoted(session)}`,
    `Subsystem sftp ${sftpServer}`,
  ].join('\n')}\n`;
}

/** Each session begins in the sample's home, and its commands are run by sh, whatever shell the account has. */
export function sessionScript(home: string): string {
  return `#!/bin/sh
# Written by ./quickstart: how every session of the sample host begins.
cd ${shellQuoted(home)} || exit 1
if [ -n "$SSH_ORIGINAL_COMMAND" ]; then exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"; fi
if [ -x /bin/bash ]; then exec /bin/bash; fi
exec /bin/sh
`;
}

/** Without PAM, sshd lets nobody in whose password is locked, as root's often is, also not with a key. */
function isLockedForPasswords(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return /^root:!/m.test(readFileSync('/etc/shadow', 'utf8'));
  } catch {
    return false; // There is no such file: passwords are elsewhere.
  }
}

const quoted = (text: string): string => `"${text}"`;
const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
