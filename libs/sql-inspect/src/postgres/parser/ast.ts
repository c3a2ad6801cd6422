/**
 * Typed access to the parser's tree. The parser answers JSON in which every
 * node is an object with one key, its tag; this file is the one place where
 * that JSON is taken to be what @pgsql/types says.
 */
import type { Node } from 'libpg-query';

type KeysOfEach<U> = U extends unknown ? keyof U : never;

/** Every node name of the parser. */
export type NodeTag = KeysOfEach<Node>;

/** The content of a node with that tag. */
export type NodeOf<T extends NodeTag> = Extract<Node, Record<T, unknown>>[T];

/** One function for each tag of a set of tags. */
export type NodeHandlers<T extends NodeTag, C, R> = {
  readonly [K in T]: (content: NodeOf<K>, context: C) => R;
};

/** The tag of a node; undefined for the empty object, by which the parser writes a null list element. */
export function tagOf(node: Node): NodeTag | undefined {
  for (const key in node) return key as NodeTag;
  return undefined;
}

/** Calls the handler of the node's tag; undefined where there is none. */
export function dispatch<T extends NodeTag, C, R>(
  handlers: NodeHandlers<T, C, R>,
  node: Node,
  context: C,
): R | undefined {
  const tag = tagOf(node);
  if (tag === undefined || !Object.hasOwn(handlers, tag)) return undefined;
  const handler = handlers[tag as T] as (content: unknown, context: C) => R;
  return handler((node as Readonly<Record<string, unknown>>)[tag], context);
}

/** Every node below a value, itself included; used where only calls matter, not the structure around them. */
export function* nodesBelow(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesBelow(item);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    if (/^[A-Z]/.test(key) && typeof child === 'object') yield value as Node;
    yield* nodesBelow(child);
  }
}

/** Text of a String node. */
export function stringOf(node: Node | undefined): string | undefined {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : undefined;
}

/** Texts of a list of String nodes, others left out. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  const out: string[] = [];
  for (const node of nodes ?? []) {
    const text = stringOf(node);
    if (text !== undefined) out.push(text);
  }
  return out;
}

/** The text of a string constant, also under a cast to a text type; undefined for anything else. */
export function stringLiteral(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('A_Const' in node) {
    const { sval, isnull } = node.A_Const;
    return sval === undefined || isnull === true ? undefined : (sval.sval ?? '');
  }
  if ('TypeCast' in node) {
    const { typeName, arg } = node.TypeCast;
    const name = stringsOf(typeName?.names).at(-1) ?? '';
    // With a length, the cast may cut the text: 'rolex'::varchar(4) is 'role'.
    const isWhole = typeName?.typmods === undefined && typeName?.arrayBounds === undefined;
    return TEXT_TYPES.has(name) && isWhole ? stringLiteral(arg) : undefined;
  }
  return undefined;
}

/** Types whose value is the very text of the literal. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'regclass', 'cstring', 'unknown']);

/** The integer of an integer constant. */
export function integerLiteral(node: Node | undefined): number | undefined {
  if (node === undefined || !('A_Const' in node)) return undefined;
  const { ival } = node.A_Const;
  return ival === undefined ? undefined : (ival.ival ?? 0);
}
