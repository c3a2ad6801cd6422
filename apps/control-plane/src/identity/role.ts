import type { Subject } from '@sallyport/contracts/access';
import * as z from 'zod';
import { manifestSchema } from '../resources/metadata.ts';
import { PERMISSIONS, type Permission } from './permission.ts';
import { subject, toSubject } from './subject.ts';

/** Admin rights of a set of principals. */
export interface Role {
  readonly name: string;
  readonly subjects: readonly Subject[];
  readonly permissions: readonly Permission[];
}

export const roleManifest = manifestSchema(
  'Role',
  z.strictObject({
    subjects: z.array(subject).min(1),
    /** "*" stands for all of them. */
    permissions: z.array(z.enum([...PERMISSIONS, '*'])).min(1),
  }),
);

export function toRole({ metadata, spec }: z.output<typeof roleManifest>): Role {
  const named = spec.permissions.filter((permission) => permission !== '*');
  return {
    name: metadata.name,
    subjects: spec.subjects.map(toSubject),
    permissions: named.length === spec.permissions.length ? named : PERMISSIONS,
  };
}
