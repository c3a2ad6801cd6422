import type { RangeVar } from 'libpg-query';
import type { CatalogRelation } from '../../model/catalog.ts';
import { dottedName } from '../../model/column-ref.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { UNKNOWN_SOURCES } from '../lineage/sources.ts';
import type { Columns } from '../lineage/scope.ts';
import { relationName, relationObjectKind } from './relation-name.ts';
import { asColumns, relationShape } from './relation-shape.ts';

/** The relation that a name means here, or undefined, with the name noted as unresolved. */
export function findRelation(analysis: Analysis, range: RangeVar): CatalogRelation | undefined {
  const name = range.relname ?? '';
  const relation = analysis.path.relation(name, range.schemaname, range.catalogname);
  if (relation !== undefined && relation.kind !== 'index' && relation.kind !== 'composite-type')
    return relation;
  // An index or a type has no rows; the server refuses it too.
  analysis.addUnresolved(writtenName(range));
  return undefined;
}

/** A name as it was written, for messages and for objects that are not in the catalog. */
export function writtenName(range: RangeVar): string {
  const parts = [range.catalogname, range.schemaname, range.relname];
  return dottedName(...parts.filter((part): part is string => part !== undefined && part !== ''));
}

/** Counts the read of a relation with everything behind it, and gives its columns. ONLY leaves its children out. */
export function readRelation(
  analysis: Analysis,
  relation: CatalogRelation,
  isOnly: boolean = false,
): Columns {
  noteRelationRead(analysis, relation, isOnly);
  const shape = relationShape(analysis.env.catalog, relation);
  if (shape.summary !== undefined) analysis.merge(shape.summary);
  return asColumns(shape);
}

/** Columns of something that could not be resolved: any name may be there, all of it unknown. */
export const UNRESOLVED_COLUMNS: Columns = { columns: [], open: UNKNOWN_SOURCES };

/**
 * The effects of reading a relation itself. A partition or child read directly
 * also counts as its parents; a parent counts as its inheritance children, which
 * are tables of their own, but not as its partitions, which are its storage.
 */
function noteRelationRead(analysis: Analysis, relation: CatalogRelation, isOnly: boolean): void {
  const { catalog } = analysis.env;
  noteOne(analysis, relation);
  if (relation.isSystem) return;
  for (const parent of catalog.ancestors(relation.oid)) noteOne(analysis, parent);
  if (isOnly) return;
  for (const child of catalog.descendants(relation.oid)) {
    analysis.touch(child, 'read');
    if (!child.isPartition) noteOne(analysis, child);
    else noteServer(analysis, child);
  }
}

/** Views of the system that read files of the server. */
const FILE_VIEWS: ReadonlySet<string> = new Set([
  'pg_file_settings',
  'pg_hba_file_rules',
  'pg_ident_file_mappings',
]);

function noteOne(analysis: Analysis, relation: CatalogRelation): void {
  analysis.touch(relation, 'read');
  analysis.effects.addParts('sql.read', relationObjectKind(relation), relationName(relation), []);
  noteServer(analysis, relation);
}

/** A foreign table is another server, reached from this one; some views of the system are files. */
export function noteServer(analysis: Analysis, relation: CatalogRelation): void {
  if (relation.isSystem && FILE_VIEWS.has(relation.name))
    analysis.effects.add('sql.io', 'view', relationName(relation));
  if (relation.kind === 'foreign-table') analysis.effects.add('sql.io', 'server', relation.serverName ?? '*');
}
