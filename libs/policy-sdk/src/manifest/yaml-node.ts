import { isAlias, isMap, isScalar, isSeq, Scalar, type YAMLMap } from 'yaml';
import type { ProblemList } from './problem-list.ts';

/** Where a node stands: its offset in the text and its path in the document. */
export interface Place {
  readonly offset: number;
  readonly path: string;
}

/** One key of a map and what is written there. */
export interface Entry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: unknown;
}

/** The offset of a node in the text; that of what holds it where the node is not written out. */
export function offsetOf(node: unknown, fallback: number): number {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)
    ? (node.range?.[0] ?? fallback)
    : fallback;
}

/** What a node is, as authors call it. */
export function nodeName(node: unknown): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'an alias';
  if (!isScalar(node) || node.value === null) return 'empty';
  return typeof node.value === 'string' ? 'text' : `a ${typeof node.value}`;
}

/**
 * Whether a node can be read at all. Aliases are refused: written out, they
 * grow without bound. So are tags: they change what a value is.
 */
export function isPlain(node: unknown, place: Place, problems: ProblemList): boolean {
  if (isAlias(node)) {
    problems.add(place.offset, place.path, 'aliases are not available in manifests; write it out');
    return false;
  }
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.tag !== undefined) {
    problems.add(place.offset, place.path, 'tags are not available in manifests');
    return false;
  }
  return true;
}

/** The entries of a map, each key once. */
export function entriesOf(map: YAMLMap, place: Place, problems: ProblemList): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { key, value } of map.items) {
    const keyOffset = offsetOf(key, place.offset);
    if (!isScalar(key) || typeof key.value !== 'string') {
      problems.add(keyOffset, place.path, 'a key must be text');
    } else if (entries.has(key.value)) {
      problems.add(keyOffset, joinPath(place.path, key.value), `"${key.value}" is there twice`);
    } else {
      entries.set(key.value, { key: key.value, keyOffset, value });
    }
  }
  return entries;
}

export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/**
 * Where inside the text a character of a scalar stands: exact for a scalar
 * written on one line as it is, else where the scalar starts.
 */
export function offsetInScalar(node: unknown, source: string, index: number): number {
  const start = offsetOf(node, 0);
  if (!isScalar(node) || typeof node.value !== 'string') return start;
  const quote = node.type === Scalar.PLAIN ? 0 : 1;
  const isVerbatim = source.slice(start + quote, start + quote + node.value.length) === node.value;
  return isVerbatim && !node.value.includes('\n') ? start + quote + index : start;
}
