import type { AlterDefaultPrivilegesStmt, GrantRoleStmt, GrantStmt, Node } from 'libpg-query';
import type { SqlAction } from '../../model/effect.ts';
import { stringOf, stringsOf, type NodeHandlers } from '../parser/ast.ts';
import type { Scope } from '../lineage/scope.ts';
import { actOnObject } from '../relation/ddl-object.ts';
import { actOnRelation } from '../relation/named-object.ts';
import { relationName, relationObjectKind } from '../relation/relation-name.ts';
import { roleName, roleOf } from './role-name.ts';
import { definition, utility, type StatementResult } from './statement-result.ts';

type RoleStatement =
  | 'GrantStmt'
  | 'GrantRoleStmt'
  | 'AlterDefaultPrivilegesStmt'
  | 'CreateRoleStmt'
  | 'AlterRoleStmt'
  | 'AlterRoleSetStmt'
  | 'DropRoleStmt';

/** Roles and what they may do. */
export const ROLE_STATEMENTS: NodeHandlers<RoleStatement, Scope, StatementResult> = {
  GrantStmt: grant,
  GrantRoleStmt: grantRole,
  AlterDefaultPrivilegesStmt: defaultPrivileges,
  CreateRoleStmt: ({ role, options }, scope) => {
    changeRole(scope, role ?? '*');
    for (const option of options ?? [])
      if ('DefElem' in option) memberships(option.DefElem.defname, option.DefElem.arg, scope);
    return utility(scope, 'CREATE ROLE');
  },
  AlterRoleStmt: ({ role, options }, scope) => {
    changeRole(scope, roleOf(role, scope));
    for (const option of options ?? [])
      if ('DefElem' in option) memberships(option.DefElem.defname, option.DefElem.arg, scope);
    return utility(scope, 'ALTER ROLE');
  },
  AlterRoleSetStmt: ({ role, setstmt }, scope) => {
    changeRole(scope, role === undefined ? '*' : roleOf(role, scope));
    scope.analysis.effects.add('sql.dcl.role', 'setting', setstmt?.name ?? '*');
    return utility(scope, 'ALTER ROLE');
  },
  DropRoleStmt: ({ roles }, scope) => {
    for (const role of roles ?? []) changeRole(scope, roleName(role, scope));
    return utility(scope, 'DROP ROLE');
  },
};

function changeRole(scope: Scope, role: string): void {
  scope.analysis.effects.add('sql.dcl.role', 'role', role);
}

/** CREATE ROLE ... IN ROLE, ROLE, ADMIN and ALTER GROUP ADD USER grant memberships. */
function memberships(option: string | undefined, arg: Node | undefined, scope: Scope): void {
  if (option !== 'addroleto' && option !== 'rolemembers' && option !== 'adminmembers') return;
  const roles = arg !== undefined && 'List' in arg ? (arg.List.items ?? []) : [];
  for (const role of roles) scope.analysis.effects.add('sql.dcl.grant', 'role', roleName(role, scope));
}

function grant(statement: GrantStmt, scope: Scope): StatementResult {
  const action: SqlAction = statement.is_grant === true ? 'sql.dcl.grant' : 'sql.dcl.revoke';
  const { effects } = scope.analysis;
  for (const object of statement.objects ?? []) {
    if (statement.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') everythingIn(stringOf(object), action, scope);
    else if ('RangeVar' in object) actOnRelation(scope.analysis, action, object.RangeVar);
    else actOnObject(scope.analysis, action, statement.objtype, object);
  }
  for (const grantee of statement.grantees ?? []) effects.add(action, 'role', roleName(grantee, scope));
  return utility(scope, statement.is_grant === true ? 'GRANT' : 'REVOKE');
}

function everythingIn(schema: string | undefined, action: SqlAction, { analysis }: Scope): void {
  analysis.effects.add(action, 'schema', schema ?? '*');
  for (const relation of analysis.env.catalog.relationsOf(schema ?? '')) {
    analysis.effects.add(action, relationObjectKind(relation), relationName(relation));
  }
}

function grantRole({ granted_roles, grantee_roles, is_grant }: GrantRoleStmt, scope: Scope): StatementResult {
  const action: SqlAction = is_grant === true ? 'sql.dcl.grant' : 'sql.dcl.revoke';
  for (const role of [...(granted_roles ?? []), ...(grantee_roles ?? [])]) {
    scope.analysis.effects.add(action, 'role', roleName(role, scope));
  }
  return utility(scope, is_grant === true ? 'GRANT ROLE' : 'REVOKE ROLE');
}

/** What will be made later, by anybody it names, in the schemas it names or in all. */
function defaultPrivileges({ action, options }: AlterDefaultPrivilegesStmt, scope: Scope): StatementResult {
  const verb: SqlAction = action?.is_grant === true ? 'sql.dcl.grant' : 'sql.dcl.revoke';
  const { effects } = scope.analysis;
  const schemas = (options ?? []).flatMap((node) =>
    'DefElem' in node && node.DefElem.defname === 'schemas' ? namesOf(node.DefElem.arg) : [],
  );
  if (schemas.length === 0) effects.add(verb, 'any', '*');
  for (const schema of schemas) effects.add(verb, 'schema', schema);
  for (const grantee of action?.grantees ?? []) effects.add(verb, 'role', roleName(grantee, scope));
  return definition(scope, 'ALTER DEFAULT PRIVILEGES');
}

function namesOf(node: Node | undefined): string[] {
  return node !== undefined && 'List' in node ? stringsOf(node.List.items) : [];
}
