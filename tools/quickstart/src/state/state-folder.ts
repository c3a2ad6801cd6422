import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QuickstartError } from '../quickstart-error.ts';

/** The one folder that everything the quick start writes is in. */
export interface StateFolder {
  readonly path: string;
  /** A path in it; the folders on the way exist afterwards, readable by the owner only. */
  file(...parts: readonly string[]): string;
  directory(...parts: readonly string[]): string;
  /** A random credential that stays the same from one start to the next. */
  secret(name: string): string;
  /** Where that credential lies. */
  secretFile(name: string): string;
}

/** Marks a folder as one that `--fresh` may remove. */
const MARKER = 'this-is-sallyport-quickstart-state';
const OWNER_ONLY = 0o700;
/** Others may pass through but not look: as root, PostgreSQL runs as somebody else, in a folder of its own. */
const PASSAGE = 0o711;

export function openStateFolder(path: string): StateFolder {
  const marker = join(path, MARKER);
  if (!existsSync(marker)) {
    if (existsSync(path) && readdirSync(path).length > 0) {
      throw new QuickstartError(`${path} has something else in it; name an empty folder with --state`);
    }
    create(path);
    writeFileSync(marker, 'Written by ./quickstart. ./quickstart --fresh removes all of it.\n');
  }
  const directory = (...parts: readonly string[]) => {
    const inner = join(path, ...parts);
    mkdirSync(inner, { recursive: true, mode: OWNER_ONLY });
    return inner;
  };
  const file = (...parts: readonly string[]) => {
    directory(...parts.slice(0, -1));
    return join(path, ...parts);
  };
  const secretFile = (name: string) => {
    const at = file('secrets', name);
    if (!existsSync(at)) writeFileSync(at, randomBytes(24).toString('base64url'), { mode: 0o600 });
    return at;
  };
  return { path, file, directory, secretFile, secret: (name) => readFileSync(secretFile(name), 'utf8') };
}

/** Removes a state folder, if it is one. */
export function removeStateFolder(path: string): void {
  if (!existsSync(path)) return;
  if (!existsSync(join(path, MARKER)) && readdirSync(path).length > 0) {
    throw new QuickstartError(`${path} was not made by ./quickstart, so it is left alone; remove it by hand`);
  }
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

function create(path: string): void {
  try {
    const made = mkdirSync(path, { recursive: true });
    // Not by mkdir, of which the umask takes away; and a folder that was there before is somebody's own.
    if (made !== undefined) chmodSync(path, PASSAGE);
  } catch {
    throw new QuickstartError(`cannot make the folder ${path}; name another with --state`);
  }
}
