import type { CatalogRelation, RelationKind } from '../../model/catalog.ts';
import { columnRef, dottedName, type ColumnRef } from '../../model/column-ref.ts';
import type { SqlObjectKind } from '../../model/effect.ts';

const TEMP_SCHEMA = /^pg_temp_\d+$/;

/** Every session's temporary schema goes by `pg_temp`, so that rules can name it. */
export function schemaLabel(schema: string): string {
  return TEMP_SCHEMA.test(schema) ? 'pg_temp' : schema;
}

/** `schema.table` as effects and policies name it. */
export function relationName(relation: Pick<CatalogRelation, 'schema' | 'name'>): string {
  return dottedName(schemaLabel(relation.schema), relation.name);
}

/** `schema.table.column` of a relation's column. */
export function relationColumnRef(relation: CatalogRelation, column: string): ColumnRef {
  return columnRef(schemaLabel(relation.schema), relation.name, column);
}

const OBJECT_KINDS: Readonly<Record<RelationKind, SqlObjectKind>> = {
  table: 'table',
  'partitioned-table': 'table',
  view: 'view',
  'materialized-view': 'materialized-view',
  'foreign-table': 'foreign-table',
  sequence: 'sequence',
  'composite-type': 'type',
  index: 'index',
  toast: 'table',
};

/** The kind of object that a relation is in an effect. */
export function relationObjectKind(relation: CatalogRelation): SqlObjectKind {
  return OBJECT_KINDS[relation.kind];
}
