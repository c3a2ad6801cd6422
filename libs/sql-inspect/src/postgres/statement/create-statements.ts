import type { CreateStmt, CreateTableAsStmt, Node, RangeVar, ViewStmt } from 'libpg-query';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlObjectKind } from '../../model/effect.ts';
import type { NodeHandlers } from '../parser/ast.ts';
import { rootScope, type Scope } from '../lineage/scope.ts';
import { Analysis } from '../analysis/analysis.ts';
import { queryColumns } from '../query/query.ts';
import { actOnRelation } from '../relation/named-object.ts';
import { newObjectName, newRelationName, typeName } from '../relation/new-object.ts';
import { findRelation, readRelation } from '../relation/read-relation.ts';
import { noteStoredExpressions } from '../relation/stored-expressions.ts';
import { createFromQuery } from './query-statements.ts';
import { statementEffects } from './statement-effects.ts';
import { definition, type StatementResult } from './statement-result.ts';

type CreateStatement =
  | 'CreateStmt'
  | 'CreateTableAsStmt'
  | 'ViewStmt'
  | 'IndexStmt'
  | 'CreateSeqStmt'
  | 'CreateSchemaStmt'
  | 'CreateFunctionStmt'
  | 'CreateTrigStmt'
  | 'CreateEventTrigStmt'
  | 'RuleStmt'
  | 'CreatePolicyStmt'
  | 'CreateStatsStmt'
  | 'CreateDomainStmt'
  | 'CompositeTypeStmt'
  | 'CreateEnumStmt'
  | 'CreateRangeStmt'
  | 'DefineStmt'
  | 'CreateCastStmt'
  | 'CreateConversionStmt'
  | 'CreateTransformStmt'
  | 'CreateOpClassStmt'
  | 'CreateOpFamilyStmt'
  | 'CreateAmStmt'
  | 'CreatePLangStmt';

/** CREATE of what lives in a database. */
export const CREATE_STATEMENTS: NodeHandlers<CreateStatement, Scope, StatementResult> = {
  CreateStmt: (create, scope) => {
    createTable(create, scope);
    return definition(scope, 'CREATE TABLE');
  },
  CreateTableAsStmt: createTableAs,
  ViewStmt: createView,
  IndexStmt: (index, scope) => {
    actOnRelation(scope.analysis, 'sql.ddl.create', index.relation);
    noteStoredExpressions(scope.analysis, [index.indexParams, index.whereClause]);
    return definition(scope, 'CREATE INDEX');
  },
  CreateSeqStmt: ({ sequence }, scope) => newRelation(scope, 'CREATE SEQUENCE', 'sequence', sequence),
  CreateSchemaStmt: ({ schemaname, authrole, schemaElts }, scope) => {
    scope.analysis.effects.add('sql.ddl.create', 'schema', schemaname ?? authrole?.rolename ?? '*');
    for (const element of schemaElts ?? []) statementEffects(inSchema(element, schemaname), scope);
    return definition(scope, 'CREATE SCHEMA');
  },
  CreateFunctionStmt: (create, scope) => {
    scope.analysis.effects.add('sql.ddl.create', 'function', newObjectName(scope.analysis, create.funcname));
    return definition(scope, create.is_procedure === true ? 'CREATE PROCEDURE' : 'CREATE FUNCTION');
  },
  CreateTrigStmt: ({ relation }, scope) => onRelation(scope, 'CREATE TRIGGER', relation),
  CreateEventTrigStmt: ({ trigname }, scope) => named(scope, 'CREATE EVENT TRIGGER', 'object', trigname),
  RuleStmt: (rule, scope) => {
    // The rule runs with later statements; what it would do is asked for now, while it can be refused.
    noteRead(scope, (inner) => {
      for (const action of rule.actions ?? []) statementEffects(action, inner);
    });
    return onRelation(scope, 'CREATE RULE', rule.relation);
  },
  CreatePolicyStmt: ({ table, qual, with_check }, scope) => {
    noteStoredExpressions(scope.analysis, [qual, with_check]);
    return onRelation(scope, 'CREATE POLICY', table);
  },
  CreateStatsStmt: ({ relations, exprs }, scope) => {
    noteStoredExpressions(scope.analysis, exprs);
    for (const node of relations ?? []) if ('RangeVar' in node) onRelation(scope, '', node.RangeVar);
    return definition(scope, 'CREATE STATISTICS');
  },
  CreateDomainStmt: ({ domainname, constraints }, scope) => {
    noteStoredExpressions(scope.analysis, constraints);
    return qualified(scope, 'CREATE DOMAIN', 'type', domainname);
  },
  CompositeTypeStmt: ({ typevar }, scope) => newRelation(scope, 'CREATE TYPE', 'type', typevar),
  CreateEnumStmt: ({ typeName }, scope) => qualified(scope, 'CREATE TYPE', 'type', typeName),
  CreateRangeStmt: ({ typeName }, scope) => qualified(scope, 'CREATE TYPE', 'type', typeName),
  DefineStmt: ({ kind, defnames }, scope) =>
    qualified(
      scope,
      `CREATE ${(kind ?? 'OBJECT_OBJECT').slice('OBJECT_'.length)}`,
      kind === 'OBJECT_AGGREGATE' ? 'function' : 'object',
      defnames,
    ),
  CreateCastStmt: ({ sourcetype, targettype }, scope) => {
    for (const type of [sourcetype, targettype]) {
      scope.analysis.effects.add('sql.ddl.create', 'type', typeName(scope.analysis, type?.names));
    }
    return definition(scope, 'CREATE CAST');
  },
  CreateConversionStmt: ({ conversion_name }, scope) =>
    qualified(scope, 'CREATE CONVERSION', 'object', conversion_name),
  CreateTransformStmt: ({ type_name }, scope) =>
    qualified(scope, 'CREATE TRANSFORM', 'type', type_name?.names),
  CreateOpClassStmt: ({ opclassname }, scope) =>
    qualified(scope, 'CREATE OPERATOR CLASS', 'object', opclassname),
  CreateOpFamilyStmt: ({ opfamilyname }, scope) =>
    qualified(scope, 'CREATE OPERATOR FAMILY', 'object', opfamilyname),
  CreateAmStmt: ({ amname }, scope) => named(scope, 'CREATE ACCESS METHOD', 'object', amname),
  CreatePLangStmt: ({ plname }, scope) => named(scope, 'CREATE LANGUAGE', 'object', plname),
};

/** CREATE TABLE with what its clauses touch: parents, the table that LIKE copies, functions that run. */
export function createTable(create: CreateStmt, scope: Scope): void {
  const { analysis } = scope;
  analysis.effects.add('sql.ddl.create', 'table', newRelationName(analysis, create.relation ?? {}));
  // A child's rows show in its parents.
  for (const node of create.inhRelations ?? [])
    if ('RangeVar' in node) actOnRelation(analysis, 'sql.ddl.alter', node.RangeVar);
  for (const node of create.tableElts ?? []) {
    if ('TableLikeClause' in node && node.TableLikeClause.relation !== undefined) {
      const relation = findRelation(analysis, node.TableLikeClause.relation);
      if (relation !== undefined) readRelation(analysis, relation);
    }
  }
  noteStoredExpressions(analysis, [create.tableElts, create.constraints, create.partbound, create.partspec]);
}

function createTableAs({ query, into, objtype }: CreateTableAsStmt, scope: Scope): StatementResult {
  const isView = objtype === 'OBJECT_MATVIEW';
  const tag = isView ? 'CREATE MATERIALIZED VIEW' : 'CREATE TABLE AS';
  scope.analysis.effects.addAction('sql.read');
  const isExecute = query !== undefined && 'ExecuteStmt' in query;
  const result = isExecute ? statementEffects(query, scope) : undefined;
  const columns = result?.columns ?? queryColumns(query, scope);
  createFromQuery(into ?? {}, columns, scope, isView ? 'materialized-view' : 'table');
  return definition(scope, tag);
}

/**
 * A view can be read as soon as it is there, so making one counts as reading what it shows. Its conditions
 * count here, where somebody writes them: those that are fixed then do not count when it is read.
 */
function createView({ view, query, replace }: ViewStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  noteRead(scope, (inner) => queryColumns(query, inner));
  analysis.effects.add('sql.ddl.create', 'view', newRelationName(analysis, view ?? {}));
  if (replace === true && analysis.path.relation(view?.relname ?? '', view?.schemaname) !== undefined) {
    actOnRelation(analysis, 'sql.ddl.alter', view, 'view');
  }
  return definition(scope, 'CREATE VIEW');
}

/** Counts a query that is stored, not run: its effects and its conditions, but nothing is copied yet. */
function noteRead(scope: Scope, walk: (inner: Scope) => unknown): void {
  const inner = new Analysis(scope.analysis.env);
  walk(rootScope(inner));
  const { effects, codeEffects, callsCode, sessionSensitive, touches, unresolved, opaque, predicate } =
    inner.summary();
  const nothing = { columns: new Set<string>(), unknown: false };
  scope.analysis.merge({
    effects,
    codeEffects,
    callsCode,
    sessionSensitive,
    touches,
    unresolved,
    opaque,
    predicate,
    derived: nothing,
    settings: [],
    roleChange: undefined,
    changesCatalog: false,
  });
  for (const name of unresolved) scope.analysis.addUnresolved(name);
}

function newRelation(
  scope: Scope,
  tag: string,
  kind: SqlObjectKind,
  range: RangeVar | undefined,
): StatementResult {
  scope.analysis.effects.add('sql.ddl.create', kind, newRelationName(scope.analysis, range ?? {}));
  return definition(scope, tag);
}

/** Something made on a table changes the table. */
function onRelation(scope: Scope, tag: string, range: RangeVar | undefined): StatementResult {
  actOnRelation(scope.analysis, 'sql.ddl.create', range);
  actOnRelation(scope.analysis, 'sql.ddl.alter', range);
  return definition(scope, tag);
}

function qualified(
  scope: Scope,
  tag: string,
  kind: SqlObjectKind,
  names: readonly Node[] | undefined,
): StatementResult {
  scope.analysis.effects.add('sql.ddl.create', kind, newObjectName(scope.analysis, names));
  return definition(scope, tag);
}

function named(scope: Scope, tag: string, kind: SqlObjectKind, name: string | undefined): StatementResult {
  scope.analysis.effects.add('sql.ddl.create', kind, dottedName(name ?? '*'));
  return definition(scope, tag);
}

/** Elements of CREATE SCHEMA without a schema are made in the new one. */
function inSchema(element: Node, schema: string | undefined): Node {
  if (schema === undefined) return element;
  const within = (range: RangeVar | undefined): RangeVar => ({
    ...range,
    schemaname: range?.schemaname ?? schema,
  });
  if ('CreateStmt' in element)
    return { CreateStmt: { ...element.CreateStmt, relation: within(element.CreateStmt.relation) } };
  if ('ViewStmt' in element)
    return { ViewStmt: { ...element.ViewStmt, view: within(element.ViewStmt.view) } };
  if ('CreateSeqStmt' in element)
    return { CreateSeqStmt: { ...element.CreateSeqStmt, sequence: within(element.CreateSeqStmt.sequence) } };
  return element;
}
