/** Paths of a file transfer as policy reads them. */
import { Buffer } from 'node:buffer';
import { decodeUtf8 } from '@sallyport/codec-ssh';

const SLASH = 0x2f;

/**
 * A path as text: UTF-8 as it is; in anything else each byte above ASCII is
 * written `\xHH`, so that two paths never become the same name.
 */
export function pathText(path: Buffer): string {
  return decodeUtf8(path) ?? path.toString('latin1').replaceAll(/[\x80-\xff]/g, escaped);
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16)}`;
}

/**
 * The path in its absolute, normalised form: one slash between names, no `.`,
 * and `..` collapsed. Null: it is relative and nobody knows to what. That the
 * target may follow a link before a `..` is why it is asked as well.
 */
export function absolutePath(path: string, start: string | null): string | null {
  if (!path.startsWith('/') && start === null) return null;
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${start ?? ''}/${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

/** Whether collapsing `..` may have named another file than the target would. */
export function leadsUp(path: Buffer): boolean {
  return pathText(path).split('/').includes('..');
}

/** The folder and the name in it; null where the last part is no name of its own: `/`, `a/`, `..`. */
export function splitPath(path: Buffer): { readonly folder: Buffer; readonly name: Buffer } | null {
  const at = path.lastIndexOf(SLASH);
  const name = path.subarray(at + 1);
  const text = name.toString('latin1');
  if (text === '' || text === '.' || text === '..') return null;
  if (at === -1) return { folder: Buffer.from('.'), name };
  return { folder: at === 0 ? Buffer.from('/') : path.subarray(0, at), name };
}

/** A name in a folder. */
export function joinPath(folder: Buffer, name: Buffer): Buffer {
  const between = folder.at(-1) === SLASH ? '' : '/';
  return Buffer.concat([folder, Buffer.from(between), name]);
}

/** What a link says, as a path: relative ones count from where the link is. */
export function linkTarget(target: Buffer, link: Buffer): Buffer {
  if (target[0] === SLASH) return target;
  return joinPath(splitPath(link)?.folder ?? link, target);
}
