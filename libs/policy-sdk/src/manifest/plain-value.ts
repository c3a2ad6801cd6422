import { isMap, isScalar, isSeq } from 'yaml';
import type { ProblemList } from './problem-list.ts';
import { entriesOf, isPlain, joinPath, offsetOf, type Place } from './yaml-node.ts';

/** A node as a plain value. What a manifest may not have (aliases, tags, keys that are there twice) is reported and left out. */
export function plainValue(node: unknown, place: Place, problems: ProblemList): unknown {
  if (!isPlain(node, place, problems)) return undefined;
  if (isMap(node)) {
    const entries = [...entriesOf(node, place, problems).values()].map(({ key, keyOffset, value }) => {
      const inner = { offset: offsetOf(value, keyOffset), path: joinPath(place.path, key) };
      return [key, plainValue(value, inner, problems)] as const;
    });
    // Not by assignment: "__proto__" is a key like any other.
    return Object.fromEntries(entries);
  }
  if (isSeq(node)) {
    return node.items.map((item, index): unknown =>
      plainValue(item, { offset: offsetOf(item, place.offset), path: `${place.path}[${index}]` }, problems),
    );
  }
  return isScalar(node) ? node.value : undefined;
}

/** "spec.rules[0].allow". */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** Where the value at the path stands: its key's place, or the nearest level above that is there. */
export function offsetAt(root: unknown, path: readonly PropertyKey[], fallback: number): number {
  let node = root;
  let offset = offsetOf(root, fallback);
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) return offset;
      offset = offsetOf(pair.key, offset);
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = offsetOf(node, offset);
    } else {
      return offset;
    }
  }
  return offset;
}
