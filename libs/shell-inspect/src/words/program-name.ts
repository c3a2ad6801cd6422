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

/** What kind of program it is likely to be, wherever it stands: `/opt/x/python3.11` is a `python`. */
export function programKind(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const versioned = /^([a-z][a-z+-]*?)-?\d[\d.]*$/.exec(base)?.[1];
  return versioned !== undefined && VERSIONED.has(versioned) ? versioned : base;
}

/** Programs that are installed with their version behind the name. */
const VERSIONED: ReadonlySet<string> = new Set([
  'bash',
  'zsh',
  'ksh',
  'python',
  'pypy',
  'perl',
  'ruby',
  'irb',
  'node',
  'nodejs',
  'php',
  'lua',
  'luajit',
  'tclsh',
  'wish',
  'guile',
  'pip',
]);
