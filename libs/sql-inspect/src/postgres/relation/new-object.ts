import type { Node, RangeVar } from 'libpg-query';
import { dottedName } from '../../model/column-ref.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { stringsOf } from '../parser/ast.ts';
import { schemaLabel } from './relation-name.ts';

/** Where a relation that does not exist yet will be: its schema, pg_temp, or the first schema of the path. */
export function newRelationName(analysis: Analysis, range: RangeVar): string {
  return dottedName(newSchema(analysis, range.schemaname, range.relpersistence === 't'), range.relname ?? '');
}

/** The same for a name given as a list: of a function, type, operator... */
export function newObjectName(analysis: Analysis, names: readonly Node[] | undefined): string {
  const parts = stringsOf(names);
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  return dottedName(newSchema(analysis, schema, false), parts.at(-1) ?? '*');
}

/** A type by name: one of the server's own, else as a new object would be named. */
export function typeName(analysis: Analysis, names: readonly Node[] | undefined): string {
  const parts = stringsOf(names);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && analysis.env.catalog.isSystemType(only))
    return dottedName('pg_catalog', only);
  return newObjectName(analysis, names);
}

function newSchema(analysis: Analysis, schema: string | undefined, isTemporary: boolean): string {
  if (isTemporary) return 'pg_temp';
  if (schema !== undefined && schema !== '') return schemaLabel(schema);
  return schemaLabel(analysis.path.creationSchema);
}
