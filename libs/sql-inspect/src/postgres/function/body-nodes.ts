import type { Node } from 'libpg-query';
import type { ParseOutcome } from '../parser/parse-sql.ts';
import type { ReadFunction } from './function-definition.ts';

/** The statements of a SQL function's body; a text that does not parse is a node that nothing knows, hence `sql.unknown`. */
export function nodesOfBody(read: ReadFunction, parse: (sql: string) => ParseOutcome): readonly Node[] {
  if (read.body !== undefined) return flatten(read.body);
  const parsed = parse(read.text ?? '');
  return parsed.ok ? parsed.statements.map(({ node }) => node) : [{ RawStmt: {} }];
}

/** RETURN is one expression; BEGIN ATOMIC is a list of lists of statements. */
function flatten(node: Node): readonly Node[] {
  if ('List' in node) return (node.List.items ?? []).flatMap(flatten);
  return [node];
}
