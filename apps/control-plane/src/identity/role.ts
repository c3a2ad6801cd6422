import type { Subject } from '@sallyport/contracts/access';
import * as z from 'zod';
import { PERMISSIONS, type Permission } from './permission.ts';
import { subject, toSubject } from './subject.ts';

/** Admin rights of a set of principals. */
export interface Role {
  readonly name: string;
  readonly subjects: readonly Subject[];
  readonly permissions: readonly Permission[];
}

export const roleSpec = z.strictObject({
  subjects: z.array(subject).min(1),
  /** "*" stands for all of them. */
  permissions: z.array(z.enum([...PERMISSIONS, '*'])).min(1),
});

export function toRole(name: string, spec: z.output<typeof roleSpec>): Role {
  const named = spec.permissions.filter((permission) => permission !== '*');
  return {
    name,
    subjects: spec.subjects.map(toSubject),
    permissions: named.length === spec.permissions.length ? named : PERMISSIONS,
  };
}
