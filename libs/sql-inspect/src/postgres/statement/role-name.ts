import type { Node, RoleSpec } from 'libpg-query';
import type { Scope } from '../lineage/scope.ts';

/** A role as it is named, CURRENT_USER and its kin resolved; `*` where it cannot be told. */
export function roleName(node: Node, scope: Scope): string {
  if ('RoleSpec' in node) return roleOf(node.RoleSpec, scope);
  // GRANT role TO role names the granted ones as privileges.
  return 'AccessPriv' in node ? (node.AccessPriv.priv_name ?? '*') : '*';
}

/** The same for a role that a statement holds by itself. */
export function roleOf(role: RoleSpec | undefined, scope: Scope): string {
  switch (role?.roletype) {
    case 'ROLESPEC_CSTRING':
      return role.rolename ?? '*';
    case 'ROLESPEC_CURRENT_ROLE':
    case 'ROLESPEC_CURRENT_USER':
      return scope.analysis.env.currentUser;
    case 'ROLESPEC_PUBLIC':
      return 'public';
    default:
      return '*';
  }
}
