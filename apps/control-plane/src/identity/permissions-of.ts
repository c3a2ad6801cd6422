import type { Principal, Subject } from '@sallyport/contracts/access';
import { matchesSubject } from '@sallyport/policy-sdk';
import type { ResourceSnapshot } from '../resources/resource-snapshot.ts';
import { PERMISSIONS, type Permission } from './permission.ts';

export type PermissionSet = ReadonlySet<Permission>;

/** What narrows a token. */
interface Narrowing {
  readonly targets: readonly string[];
  readonly actions: readonly string[];
}

/** A token for some targets or actions only: handed to something that must not be able to do more. */
export function isNarrowed({ targets, actions }: Narrowing): boolean {
  return targets.length > 0 || actions.length > 0;
}

/** Admin rights of a principal with this token: none with a narrowed one, all for a bootstrap admin. */
export function permissionsOf(
  principal: Principal,
  token: Narrowing,
  { roles }: Pick<ResourceSnapshot, 'roles'>,
  bootstrapAdmins: readonly Subject[],
): PermissionSet {
  if (isNarrowed(token)) return new Set();
  const matches = (subjects: readonly Subject[]) =>
    subjects.some((subject) => matchesSubject(subject, principal));
  if (matches(bootstrapAdmins)) return new Set(PERMISSIONS);
  return new Set(roles.filter((role) => matches(role.subjects)).flatMap((role) => role.permissions));
}
