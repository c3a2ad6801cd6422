/**
 * The columns of a relation with everything that can be read through them:
 * a view's through its definition, a partition's under the names of its
 * parents, a parent's under those of its children, a generated column's
 * through its expression. A mask on any of these names then covers all.
 */
import type { CatalogRelation, SqlCatalog } from '../../model/catalog.ts';
import { Analysis, type AnalysisSummary } from '../analysis/analysis.ts';
import { UNKNOWN_SOURCES, sourcesOf, union, type Sources } from '../lineage/sources.ts';
import { innerScope, namespaceOf, rootScope, type Columns, type ScopeColumn } from '../lineage/scope.ts';
import { parseStored } from '../parser/parse-sql.ts';
import { expressionSources } from '../query/expression.ts';
import { queryColumns } from '../query/query.ts';
import { memoOf } from './catalog-memo.ts';
import { relationColumnRef, relationName } from './relation-name.ts';

export interface RelationShape {
  readonly columns: readonly ScopeColumn[];
  /** What reading it does besides reading it itself; absent for plain tables. */
  readonly summary: AnalysisSummary | undefined;
}

/** Catalog relations that hold data of tables or of no table: which column it is from cannot be told. */
const STATISTICS: ReadonlySet<string> = new Set([
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_largeobject',
  'pg_stats',
  'pg_stats_ext',
  'pg_stats_ext_exprs',
]);

/** Worked out once for each relation of a catalog. */
export function relationShape(catalog: SqlCatalog, relation: CatalogRelation): RelationShape {
  const memo = memoOf(catalog);
  const known = memo.shapes.get(relation.oid);
  if (known !== undefined) return known;
  if (memo.shapesUnderway.has(relation.oid)) {
    memo.cutShort++;
    return unreadable(catalog, relation);
  }
  const before = memo.cutShort;
  memo.shapesUnderway.add(relation.oid);
  try {
    const shape = workOut(catalog, relation);
    // What was found inside a cycle holds for that walk only.
    if (memo.cutShort === before) memo.shapes.set(relation.oid, shape);
    return shape;
  } finally {
    memo.shapesUnderway.delete(relation.oid);
  }
}

function workOut(catalog: SqlCatalog, relation: CatalogRelation): RelationShape {
  if (relation.isSystem) return systemShape(relation);
  if (relation.kind === 'view' || relation.kind === 'materialized-view') return viewShape(catalog, relation);
  const columns = tableColumns(catalog, relation);
  return relation.columns.some((column) => column.generation !== undefined)
    ? withGenerated(catalog, relation, columns)
    : { columns, summary: undefined };
}

function systemShape(relation: CatalogRelation): RelationShape {
  const isStatistics = relation.schema === 'pg_catalog' && STATISTICS.has(relation.name);
  const columns = relation.columns.map(({ name }) => ({
    name,
    sources: isStatistics ? UNKNOWN_SOURCES : sourcesOf([relationColumnRef(relation, name)]),
    isDirect: true,
    base: { relation, column: name },
  }));
  return { columns, summary: undefined };
}

function tableColumns(catalog: SqlCatalog, relation: CatalogRelation): ScopeColumn[] {
  const family = [relation, ...catalog.ancestors(relation.oid), ...catalog.descendants(relation.oid)];
  return relation.columns.map(({ name }) => ({
    name,
    sources: sourcesOf(
      family
        .filter((member) => member === relation || member.columns.some((column) => column.name === name))
        .map((member) => relationColumnRef(member, name)),
    ),
    isDirect: true,
    base: { relation, column: name },
  }));
}

function withGenerated(catalog: SqlCatalog, relation: CatalogRelation, plain: ScopeColumn[]): RelationShape {
  const analysis = storedAnalysis(catalog);
  const scope = innerScope(
    rootScope(analysis),
    namespaceOf({ name: relation.name, columns: plain, open: undefined }),
  );
  const columns = plain.map((column, index) => {
    const generation = relation.columns[index]?.generation;
    if (generation === undefined) return column;
    return {
      ...column,
      sources: union(column.sources, storedExpression(generation, scope)),
      isDirect: false,
    };
  });
  // The functions it calls ran when the row was written, as part of the table; only its lineage counts here.
  return { columns, summary: undefined };
}

function storedExpression(expression: string, scope: ReturnType<typeof rootScope>): Sources {
  const node = parseStored(`SELECT ${expression}`);
  const target = node !== undefined && 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined;
  if (target === undefined || !('ResTarget' in target) || target.ResTarget.val === undefined)
    return UNKNOWN_SOURCES;
  return expressionSources(target.ResTarget.val, scope);
}

function viewShape(catalog: SqlCatalog, view: CatalogRelation): RelationShape {
  const node = view.viewDefinition === undefined ? undefined : parseStored(view.viewDefinition);
  if (node === undefined || !('SelectStmt' in node)) return unreadable(catalog, view);
  const analysis = storedAnalysis(catalog, true);
  const result = queryColumns(node, rootScope(analysis));
  const isWhole = result.open === undefined && result.columns.length === view.columns.length;
  const columns = view.columns.map(({ name }, index) => {
    const inner = isWhole ? result.columns[index] : undefined;
    return {
      name,
      sources: union(sourcesOf([relationColumnRef(view, name)]), inner?.sources ?? UNKNOWN_SOURCES),
      isDirect: inner?.isDirect === true,
      base: { relation: view, column: name },
    };
  });
  return { columns, summary: analysis.summary() };
}

/** A view that cannot be read, or one that reads itself: every column unknown, and the statement refused. */
function unreadable(catalog: SqlCatalog, view: CatalogRelation): RelationShape {
  const analysis = storedAnalysis(catalog);
  analysis.addUnresolved(relationName(view));
  const columns = view.columns.map(({ name }) => ({
    name,
    sources: UNKNOWN_SOURCES,
    base: { relation: view, column: name },
  }));
  return { columns, summary: analysis.summary() };
}

/** Stored definitions are printed with search_path = pg_catalog, and are read back with it. */
export function storedAnalysis(catalog: SqlCatalog, isViewDefinition = false): Analysis {
  return new Analysis({ catalog, searchPath: ['pg_catalog'], currentUser: '' }, isViewDefinition);
}

/** The columns as a row source. */
export function asColumns(shape: RelationShape): Columns {
  return { columns: shape.columns, open: undefined };
}
