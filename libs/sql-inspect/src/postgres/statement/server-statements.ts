import type { Node } from 'libpg-query';
import type { SqlAction, SqlObjectKind } from '../../model/effect.ts';
import { stringOf, type NodeHandlers } from '../parser/ast.ts';
import type { Scope } from '../lineage/scope.ts';
import { actOnObject } from '../relation/ddl-object.ts';
import { actOnRelation } from '../relation/named-object.ts';
import { newRelationName } from '../relation/new-object.ts';
import { conninfoHost } from './conninfo.ts';
import { createTable } from './create-statements.ts';
import { definition, utility, type StatementResult } from './statement-result.ts';

type ServerStatement =
  | 'CreateExtensionStmt'
  | 'AlterExtensionStmt'
  | 'AlterExtensionContentsStmt'
  | 'CreateFdwStmt'
  | 'AlterFdwStmt'
  | 'CreateForeignServerStmt'
  | 'AlterForeignServerStmt'
  | 'CreateForeignTableStmt'
  | 'CreateUserMappingStmt'
  | 'AlterUserMappingStmt'
  | 'DropUserMappingStmt'
  | 'ImportForeignSchemaStmt'
  | 'CreateSubscriptionStmt'
  | 'AlterSubscriptionStmt'
  | 'DropSubscriptionStmt'
  | 'CreatePublicationStmt'
  | 'AlterPublicationStmt'
  | 'CreatedbStmt'
  | 'DropdbStmt'
  | 'AlterDatabaseStmt'
  | 'AlterDatabaseSetStmt'
  | 'AlterDatabaseRefreshCollStmt'
  | 'CreateTableSpaceStmt'
  | 'DropTableSpaceStmt'
  | 'AlterTableSpaceOptionsStmt'
  | 'AlterSystemStmt'
  | 'LoadStmt';

/** What reaches beyond one database: other servers, files, the cluster, code from outside. */
export const SERVER_STATEMENTS: NodeHandlers<ServerStatement, Scope, StatementResult> = {
  CreateExtensionStmt: ({ extname }, scope) =>
    define(scope, 'CREATE EXTENSION', 'sql.ddl.create', 'extension', extname),
  AlterExtensionStmt: ({ extname }, scope) =>
    define(scope, 'ALTER EXTENSION', 'sql.ddl.alter', 'extension', extname),
  AlterExtensionContentsStmt: ({ extname, objtype, object }, scope) => {
    actOnObject(scope.analysis, 'sql.ddl.alter', objtype, object);
    return define(scope, 'ALTER EXTENSION', 'sql.ddl.alter', 'extension', extname);
  },
  CreateFdwStmt: ({ fdwname }, scope) =>
    outward(scope, 'CREATE FOREIGN DATA WRAPPER', 'sql.ddl.create', fdwname),
  AlterFdwStmt: ({ fdwname }, scope) =>
    outward(scope, 'ALTER FOREIGN DATA WRAPPER', 'sql.ddl.alter', fdwname),
  CreateForeignServerStmt: ({ servername, options }, scope) => {
    noteHost(options, scope);
    return outward(scope, 'CREATE SERVER', 'sql.ddl.create', servername);
  },
  AlterForeignServerStmt: ({ servername, options }, scope) => {
    noteHost(options, scope);
    return outward(scope, 'ALTER SERVER', 'sql.ddl.alter', servername);
  },
  CreateForeignTableStmt: ({ base, servername }, scope) => {
    createTable(base ?? {}, scope);
    scope.analysis.effects.add(
      'sql.ddl.create',
      'foreign-table',
      newRelationName(scope.analysis, base?.relation ?? {}),
    );
    scope.analysis.effects.add('sql.io', 'server', servername ?? '*');
    return definition(scope, 'CREATE FOREIGN TABLE');
  },
  CreateUserMappingStmt: ({ servername }, scope) =>
    outward(scope, 'CREATE USER MAPPING', 'sql.ddl.create', servername),
  AlterUserMappingStmt: ({ servername }, scope) =>
    outward(scope, 'ALTER USER MAPPING', 'sql.ddl.alter', servername),
  DropUserMappingStmt: ({ servername }, scope) =>
    define(scope, 'DROP USER MAPPING', 'sql.ddl.drop', 'server', servername),
  ImportForeignSchemaStmt: ({ server_name, local_schema }, scope) => {
    scope.analysis.effects.add('sql.ddl.create', 'schema', local_schema ?? '*');
    scope.analysis.effects.add('sql.io', 'server', server_name ?? '*');
    return definition(scope, 'IMPORT FOREIGN SCHEMA');
  },
  CreateSubscriptionStmt: ({ subname, conninfo }, scope) => {
    scope.analysis.effects.add('sql.io', 'host', conninfoHost(conninfo));
    return define(scope, 'CREATE SUBSCRIPTION', 'sql.ddl.create', 'server', subname);
  },
  AlterSubscriptionStmt: ({ subname, conninfo }, scope) => {
    scope.analysis.effects.add('sql.io', 'host', conninfoHost(conninfo));
    return define(scope, 'ALTER SUBSCRIPTION', 'sql.ddl.alter', 'server', subname);
  },
  DropSubscriptionStmt: ({ subname }, scope) => {
    // It connects to the publisher to drop the slot there.
    scope.analysis.effects.add('sql.io', 'host', '*');
    return define(scope, 'DROP SUBSCRIPTION', 'sql.ddl.drop', 'server', subname);
  },
  CreatePublicationStmt: ({ pubname, pubobjects }, scope) =>
    publication(scope, 'CREATE PUBLICATION', 'sql.ddl.create', pubname, pubobjects),
  AlterPublicationStmt: ({ pubname, pubobjects }, scope) =>
    publication(scope, 'ALTER PUBLICATION', 'sql.ddl.alter', pubname, pubobjects),
  CreatedbStmt: ({ dbname }, scope) => define(scope, 'CREATE DATABASE', 'sql.ddl.create', 'database', dbname),
  DropdbStmt: ({ dbname }, scope) => define(scope, 'DROP DATABASE', 'sql.ddl.drop', 'database', dbname),
  AlterDatabaseStmt: ({ dbname }, scope) =>
    define(scope, 'ALTER DATABASE', 'sql.ddl.alter', 'database', dbname),
  AlterDatabaseSetStmt: ({ dbname, setstmt }, scope) => {
    scope.analysis.effects.add('sql.ddl.alter', 'setting', setstmt?.name ?? '*');
    return define(scope, 'ALTER DATABASE', 'sql.ddl.alter', 'database', dbname);
  },
  AlterDatabaseRefreshCollStmt: ({ dbname }, scope) =>
    define(scope, 'ALTER DATABASE', 'sql.ddl.alter', 'database', dbname),
  CreateTableSpaceStmt: ({ tablespacename, location }, scope) => {
    scope.analysis.effects.add('sql.io', 'path', location ?? '*');
    return define(scope, 'CREATE TABLESPACE', 'sql.ddl.create', 'object', tablespacename);
  },
  DropTableSpaceStmt: ({ tablespacename }, scope) =>
    define(scope, 'DROP TABLESPACE', 'sql.ddl.drop', 'object', tablespacename),
  AlterTableSpaceOptionsStmt: ({ tablespacename }, scope) =>
    define(scope, 'ALTER TABLESPACE', 'sql.ddl.alter', 'object', tablespacename),
  // Settings of the whole server; some of them name programs that it runs.
  AlterSystemStmt: ({ setstmt }, scope) => {
    scope.analysis.effects.add('sql.io', 'setting', setstmt?.name ?? '*');
    scope.analysis.effects.add('sql.ddl.alter', 'setting', setstmt?.name ?? '*');
    return utility(scope, 'ALTER SYSTEM');
  },
  LoadStmt: ({ filename }, scope) => {
    scope.analysis.effects.add('sql.io', 'path', filename ?? '*');
    return utility(scope, 'LOAD');
  },
};

function define(
  scope: Scope,
  tag: string,
  action: SqlAction,
  kind: SqlObjectKind,
  name: string | undefined,
): StatementResult {
  scope.analysis.effects.add(action, kind, name ?? '*');
  return definition(scope, tag);
}

function outward(scope: Scope, tag: string, action: SqlAction, name: string | undefined): StatementResult {
  scope.analysis.effects.add('sql.io', 'server', name ?? '*');
  return define(scope, tag, action, 'server', name);
}

/** A publication gives its tables to whoever subscribes. */
function publication(
  scope: Scope,
  tag: string,
  action: SqlAction,
  name: string | undefined,
  objects: readonly Node[] | undefined,
): StatementResult {
  const { analysis } = scope;
  let named = 0;
  for (const node of objects ?? []) {
    const range = 'PublicationObjSpec' in node ? node.PublicationObjSpec.pubtable?.relation : undefined;
    if (range === undefined) continue;
    named++;
    actOnRelation(analysis, 'sql.copy.out', range);
  }
  if (named === 0 || named !== objects?.length) analysis.effects.add('sql.copy.out', 'any', '*');
  return define(scope, tag, action, 'object', name);
}

function noteHost(options: readonly Node[] | undefined, scope: Scope): void {
  const values = new Map<string, string>();
  for (const node of options ?? []) {
    if ('DefElem' in node) values.set(node.DefElem.defname ?? '', stringOf(node.DefElem.arg) ?? '');
  }
  const host = values.get('host') ?? values.get('hostaddr');
  if (host === undefined) return;
  const port = values.get('port');
  scope.analysis.effects.add('sql.io', 'host', port === undefined ? host : `${host}:${port}`);
}
