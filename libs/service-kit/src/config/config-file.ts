import { readFileSync } from 'node:fs';
import { isMap, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { errorCode } from '../error-code.ts';

/** A YAML file that knows on which line each of its values stands. */
export interface ConfigFile {
  readonly value: unknown;
  /** What is wrong with the YAML itself, as `file:line: what`. */
  readonly problems: readonly string[];
  /** `file:line` of the value at the path, or of the nearest level above that exists. */
  locate(path: readonly PropertyKey[], key?: string): string;
}

const MAX_ALIASES = 100;

export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown reason';
    return { value: {}, problems: [`${path}: cannot be read (${reason})`], locate: () => path };
  }
  return parseConfigFile(path, text);
}

export function parseConfigFile(path: string, text: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => `${path}:${String(lines.linePos(offset).line)}`;
  const problems = document.errors.map((error) => `${at(error.pos[0])}: ${error.message}`);
  return {
    value: problems.length === 0 ? (document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}) : {},
    problems,
    locate: (keys, key) => at(offsetOf(document, keys, key)),
  };
}

function offsetOf(document: Document, path: readonly PropertyKey[], key: string | undefined): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const pair = findKey(document, path.slice(0, depth - 1), path[depth - 1]);
    if (pair === undefined) continue;
    const inner = depth === path.length && key !== undefined ? findKey(document, path, key) : undefined;
    return inner ?? pair;
  }
  return (key === undefined ? undefined : findKey(document, [], key)) ?? document.contents?.range?.[0] ?? 0;
}

function findKey(
  document: Document,
  path: readonly PropertyKey[],
  key: PropertyKey | undefined,
): number | undefined {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && item.key.toJSON() === key);
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn([...path, key], true);
  return isNode(node) ? node.range?.[0] : undefined;
}
