import type { Node, RangeVar } from 'libpg-query';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlAction, SqlObjectKind } from '../../model/effect.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { stringsOf } from '../parser/ast.ts';
import { writtenName } from './read-relation.ts';
import { relationName, relationObjectKind } from './relation-name.ts';

/**
 * An action on an existing relation named in a DDL statement. One that is not in
 * the catalog keeps the name as written: the server will answer that it is not
 * there, or it was made a moment ago by the same text; a rule for `schema.*`
 * then covers it only if it was written with its schema.
 */
export function actOnRelation(
  analysis: Analysis,
  action: SqlAction,
  range: RangeVar | undefined,
  kind: SqlObjectKind = 'table',
): void {
  if (range === undefined) return;
  const relation = analysis.path.relation(range.relname ?? '', range.schemaname, range.catalogname);
  if (relation === undefined) {
    analysis.effects.add(action, kind, writtenName(range));
    return;
  }
  analysis.touch(relation, 'write');
  const table =
    relation.indexedOid === undefined ? undefined : analysis.env.catalog.relationByOid(relation.indexedOid);
  // What is done to an index is done to its table.
  if (table !== undefined) analysis.effects.add(action, relationObjectKind(table), relationName(table));
  analysis.effects.add(action, relationObjectKind(relation), relationName(relation));
}

/** A relation name written as a list of Strings, as DROP and COMMENT have it. */
export function rangeOfList(names: readonly Node[] | undefined): RangeVar {
  const parts = stringsOf(names);
  const relname = parts.at(-1) ?? '';
  const schemaname = parts.at(-2);
  const catalogname = parts.at(-3);
  return {
    relname,
    ...(schemaname === undefined ? {} : { schemaname }),
    ...(catalogname === undefined ? {} : { catalogname }),
  };
}

/** Names of functions that a possibly unqualified name can mean, for DROP, ALTER, GRANT. */
export function functionNames(analysis: Analysis, names: readonly Node[] | undefined): string[] {
  const parts = stringsOf(names);
  const name = parts.at(-1) ?? '*';
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  const found = analysis.path.functions(name, schema);
  if (found.length === 0) return [dottedName(...parts)];
  return [...new Set(found.map((user) => dottedName(user.schema, user.name)))];
}
