import { startServerProcess } from '@sallyport/testing';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { findOpenSsh, type OpenSsh } from '../packages/openssh.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { logTo } from './log-file.ts';
import type { Ports } from './ports.ts';
import { fillSampleHost, sampleHostHome } from './sample-host.ts';
import { sshdConfig } from './sshd-config.ts';
import type { Running } from './supervisor.ts';

/** What callers name the sample host. */
export const SSH_TARGET = 'web';
/** The secret with which Sallyport logs in: a file that the control plane reads. */
const LOGIN_KEY = 'ssh-web';
/** Where sshd, run by root, wants a folder that nobody writes to. */
const EMPTY_FOLDER = '/run/sshd';

/** The machine's OpenSSH server on loopback. Run by an ordinary user, it lets in nobody else; run by root, root only. */
export async function startTargetSsh(state: StateFolder, ports: Ports): Promise<Running> {
  const openSsh = findOpenSsh();
  if (openSsh === undefined) throw new Error('the OpenSSH server is gone');
  if (process.getuid?.() === 0) mkdirSync(EMPTY_FOLDER, { recursive: true, mode: 0o755 });
  ensureKeys(state);
  fillSampleHost(state);
  const server = await startServerProcess({
    command: openSsh.sshd,
    args: ['-D', '-e', '-f', writeConfig(state, ports, openSsh)],
    env: { PATH: process.env['PATH'] },
    onOutput: logTo(state, 'ssh-host'),
  });
  await server.ready('sshd answers', () => greets(ports.targetSsh));
  return {
    pid: server.pid,
    exited: server.exited,
    stop: () => server.stop(),
  };
}

/** The account on the sample host: the only one that its sshd can log in. */
export function sampleHostAccount(): string {
  return userInfo().username;
}

export function sshTargetManifest(state: StateFolder, ports: Ports): object {
  ensureKeys(state);
  return {
    apiVersion: 'sallyport.dev/v1',
    kind: 'Target',
    metadata: { name: SSH_TARGET, labels: { app: SSH_TARGET, env: 'sample' } },
    spec: {
      protocol: 'ssh',
      address: { host: '127.0.0.1', port: ports.targetSsh },
      credential: { username: sampleHostAccount(), privateKeyFile: LOGIN_KEY },
      ssh: { hostKeys: [readFileSync(`${hostKeyFile(state)}.pub`, 'utf8').trim()] },
    },
  };
}

function hostKeyFile(state: StateFolder): string {
  return state.file('ssh-host', 'host-key');
}

/** The host's own key, and the one that Sallyport logs in with; made once. */
function ensureKeys(state: StateFolder): void {
  const login = state.file('secrets', LOGIN_KEY);
  ensureKey(hostKeyFile(state), 'web');
  ensureKey(login, 'sallyport');
  copyFileSync(`${login}.pub`, state.file('ssh-host', 'authorized-keys'));
}

function ensureKey(file: string, comment: string): void {
  if (existsSync(file) && existsSync(`${file}.pub`)) return;
  rmSync(file, { force: true });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
}

function writeConfig(state: StateFolder, ports: Ports, { sftpServer }: OpenSsh): string {
  const file = state.file('ssh-host', 'sshd_config');
  const folders = {
    port: ports.targetSsh,
    hostKey: hostKeyFile(state),
    authorizedKeys: state.file('ssh-host', 'authorized-keys'),
    session: state.file('ssh-host', 'session.sh'),
    home: sampleHostHome(state),
    sftpServer,
  };
  writeFileSync(file, sshdConfig(folders), { mode: 0o600 });
  return file;
}

/** Whether an SSH server answers there. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (data: Buffer) => {
      socket.destroy();
      resolve(data.toString('latin1').startsWith('SSH-'));
    });
    socket.once('error', () => resolve(false));
    socket.once('end', () => resolve(false));
  });
}
