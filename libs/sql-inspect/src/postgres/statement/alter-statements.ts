import type { AlterTableStmt, Node, RenameStmt } from 'libpg-query';
import { dottedName } from '../../model/column-ref.ts';
import type { SqlObjectKind } from '../../model/effect.ts';
import type { NodeHandlers } from '../parser/ast.ts';
import type { Scope } from '../lineage/scope.ts';
import { actOnObject } from '../relation/ddl-object.ts';
import { actOnRelation } from '../relation/named-object.ts';
import { newObjectName } from '../relation/new-object.ts';
import { noteStoredExpressions } from '../relation/stored-expressions.ts';
import { definition, type StatementResult } from './statement-result.ts';

type AlterStatement =
  | 'AlterTableStmt'
  | 'AlterTableMoveAllStmt'
  | 'AlterSeqStmt'
  | 'AlterDomainStmt'
  | 'AlterEnumStmt'
  | 'AlterTypeStmt'
  | 'AlterFunctionStmt'
  | 'AlterOperatorStmt'
  | 'AlterOpFamilyStmt'
  | 'AlterCollationStmt'
  | 'AlterStatsStmt'
  | 'AlterPolicyStmt'
  | 'AlterEventTrigStmt'
  | 'AlterObjectDependsStmt'
  | 'AlterObjectSchemaStmt'
  | 'AlterOwnerStmt'
  | 'AlterTSDictionaryStmt'
  | 'AlterTSConfigurationStmt'
  | 'RenameStmt'
  | 'CommentStmt'
  | 'SecLabelStmt'
  | 'ReplicaIdentityStmt';

/** ALTER, COMMENT and SECURITY LABEL of what lives in a database. */
export const ALTER_STATEMENTS: NodeHandlers<AlterStatement, Scope, StatementResult> = {
  AlterTableStmt: alterTable,
  AlterTableMoveAllStmt: (_, scope) => named(scope, 'ALTER TABLE', 'any', undefined),
  AlterSeqStmt: ({ sequence }, scope) => {
    actOnRelation(scope.analysis, 'sql.ddl.alter', sequence, 'sequence');
    return definition(scope, 'ALTER SEQUENCE');
  },
  AlterDomainStmt: ({ typeName, def }, scope) => {
    noteStoredExpressions(scope.analysis, def);
    return qualified(scope, 'ALTER DOMAIN', 'type', typeName);
  },
  AlterEnumStmt: ({ typeName }, scope) => qualified(scope, 'ALTER TYPE', 'type', typeName),
  AlterTypeStmt: ({ typeName }, scope) => qualified(scope, 'ALTER TYPE', 'type', typeName),
  AlterFunctionStmt: ({ objtype, func }, scope) => {
    actOnObject(
      scope.analysis,
      'sql.ddl.alter',
      objtype,
      func === undefined ? undefined : { ObjectWithArgs: func },
    );
    return definition(scope, 'ALTER FUNCTION');
  },
  AlterOperatorStmt: ({ opername }, scope) => qualified(scope, 'ALTER OPERATOR', 'object', opername?.objname),
  AlterOpFamilyStmt: ({ opfamilyname }, scope) =>
    qualified(scope, 'ALTER OPERATOR FAMILY', 'object', opfamilyname),
  AlterCollationStmt: ({ collname }, scope) => qualified(scope, 'ALTER COLLATION', 'object', collname),
  AlterStatsStmt: ({ defnames }, scope) => qualified(scope, 'ALTER STATISTICS', 'object', defnames),
  AlterPolicyStmt: ({ table, qual, with_check }, scope) => {
    noteStoredExpressions(scope.analysis, [qual, with_check]);
    actOnRelation(scope.analysis, 'sql.ddl.alter', table);
    return definition(scope, 'ALTER POLICY');
  },
  AlterEventTrigStmt: ({ trigname }, scope) => named(scope, 'ALTER EVENT TRIGGER', 'object', trigname),
  AlterObjectDependsStmt: ({ objectType, object, relation }, scope) => {
    actOnObject(scope.analysis, 'sql.ddl.alter', objectType, object, relation);
    return definition(scope, 'ALTER');
  },
  AlterObjectSchemaStmt: ({ objectType, object, relation, newschema }, scope) => {
    actOnObject(scope.analysis, 'sql.ddl.alter', objectType, object, relation);
    // It shows up in another schema, as if made there.
    scope.analysis.effects.add('sql.ddl.create', 'schema', newschema ?? '*');
    return definition(scope, 'ALTER');
  },
  AlterOwnerStmt: ({ objectType, object, relation, newowner }, scope) => {
    actOnObject(scope.analysis, 'sql.ddl.alter', objectType, object, relation);
    scope.analysis.effects.add('sql.dcl.grant', 'role', newowner?.rolename ?? '*');
    return definition(scope, 'ALTER');
  },
  AlterTSDictionaryStmt: ({ dictname }, scope) =>
    qualified(scope, 'ALTER TEXT SEARCH DICTIONARY', 'object', dictname),
  AlterTSConfigurationStmt: ({ cfgname }, scope) =>
    qualified(scope, 'ALTER TEXT SEARCH CONFIGURATION', 'object', cfgname),
  RenameStmt: rename,
  CommentStmt: ({ objtype, object }, scope) => {
    actOnObject(scope.analysis, 'sql.ddl.alter', objtype, object);
    return definition(scope, 'COMMENT');
  },
  SecLabelStmt: ({ objtype, object }, scope) => {
    actOnObject(scope.analysis, 'sql.ddl.alter', objtype, object);
    return definition(scope, 'SECURITY LABEL');
  },
  // Part of ALTER TABLE; never a statement of its own.
  ReplicaIdentityStmt: (_, scope) => named(scope, 'ALTER TABLE', 'any', undefined),
};

/** ALTER TABLE, with the other tables its commands reach and the functions they run. */
function alterTable({ relation, cmds, objtype }: AlterTableStmt, scope: Scope): StatementResult {
  const { analysis } = scope;
  actOnObject(analysis, 'sql.ddl.alter', objtype, undefined, relation);
  for (const node of cmds ?? []) {
    if (!('AlterTableCmd' in node)) continue;
    const { subtype, def, newowner } = node.AlterTableCmd;
    if (newowner !== undefined) analysis.effects.add('sql.dcl.grant', 'role', newowner.rolename ?? '*');
    if (subtype === 'AT_DropColumn') actOnObject(analysis, 'sql.ddl.drop', objtype, undefined, relation);
    for (const other of otherRelations(def)) actOnRelation(analysis, 'sql.ddl.alter', other);
    noteStoredExpressions(analysis, def);
  }
  return definition(scope, 'ALTER TABLE');
}

/** INHERIT and ATTACH PARTITION name another table. */
function otherRelations(def: Node | undefined): { relname?: string; schemaname?: string }[] {
  if (def === undefined) return [];
  if ('RangeVar' in def) return [def.RangeVar];
  if ('PartitionCmd' in def && def.PartitionCmd.name !== undefined) return [def.PartitionCmd.name];
  return [];
}

function rename(statement: RenameStmt, scope: Scope): StatementResult {
  const { renameType, relationType, relation, object, newname, subname } = statement;
  if (newname !== undefined) scope.analysis.renamedTo.add(newname);
  const isRole = renameType === 'OBJECT_ROLE';
  const type = relation !== undefined && relationType !== undefined ? relationType : renameType;
  // What has one plain name (a schema, a role, a database) has it as `subname`.
  const named: Node | undefined =
    object ?? (subname === undefined ? undefined : { String: { sval: subname } });
  if (isRole) scope.analysis.effects.add('sql.dcl.role', 'role', subname ?? '*');
  else actOnObject(scope.analysis, 'sql.ddl.alter', type, named, relation);
  return definition(scope, isRole ? 'ALTER ROLE' : 'ALTER');
}

function qualified(
  scope: Scope,
  tag: string,
  kind: SqlObjectKind,
  names: readonly Node[] | undefined,
): StatementResult {
  scope.analysis.effects.add('sql.ddl.alter', kind, newObjectName(scope.analysis, names));
  return definition(scope, tag);
}

function named(scope: Scope, tag: string, kind: SqlObjectKind, name: string | undefined): StatementResult {
  scope.analysis.effects.add('sql.ddl.alter', kind, name === undefined ? '*' : dottedName(name));
  return definition(scope, tag);
}
