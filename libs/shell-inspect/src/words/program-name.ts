const STANDARD_FOLDERS: ReadonlySet<string> = new Set([
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
]);

/** An absolute path without `.`, `..` and doubled slashes; any other path as it is. */
export function normalizePath(path: string): string {
  if (!path.startsWith('/')) return path;
  const folders: string[] = [];
  for (const folder of path.split('/')) {
    if (folder === '..') folders.pop();
    else if (folder !== '' && folder !== '.') folders.push(folder);
  }
  return `/${folders.join('/')}`;
}

/** The name that rules use: a program of a standard folder by its base name, another path as it is. */
export function programName(text: string): string {
  const path = normalizePath(text);
  const cut = path.lastIndexOf('/');
  return cut >= 0 && STANDARD_FOLDERS.has(path.slice(0, cut)) ? path.slice(cut + 1) : path;
}

/**
 * What kind of program it is likely to be, wherever it stands: `/opt/x/python3.11` is a `python`, `vim.tiny` a `vim`. The
 * first of its names that is known; of a shortened one, only if it runs something.
 */
export function programKind(
  name: string,
  isKnown: (kind: string) => boolean,
  isOpened: (kind: string) => boolean,
): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (isKnown(base) || base === '') return base;
  const shorter = [VERSION, VARIANT].map((suffix) => base.replace(suffix, ''));
  return shorter.find(isOpened) ?? base;
}

/** Debian and others install a program under several names. */
const VERSION = /[-.]?\d[\w.-]*$/;
const VARIANT =
  /[.-](?:real|static|basic|tiny|nox|gtk3?|orig|distrib|dbg|bin|compat|fakechroot|openbsd|traditional)$/;

/** As a file system that does not tell upper case from lower would. */
export function foldCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}
