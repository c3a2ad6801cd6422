import { create } from '@bufbuild/protobuf';
import { PrincipalKind, SubjectSchema, type Subject } from '@sallyport/contracts/access';
import * as z from 'zod';

/** How manifests and settings write kinds of principals. */
export const PRINCIPAL_KINDS = {
  user: PrincipalKind.USER,
  workload: PrincipalKind.WORKLOAD,
  agent: PrincipalKind.AGENT,
} as const;

const kindNames = ['user', 'workload', 'agent'] as const;
export const principalKind = z.enum(kindNames);

/** A set of principals: every field that is given must match, and one must be given. */
export const subject = z
  .strictObject({
    user: z.string().min(1).optional(),
    group: z.string().min(1).optional(),
    kind: principalKind.optional(),
    issuer: z.string().min(1).optional(),
    claim: z
      .string()
      .regex(/^[^=]+=.+$/, 'must be "name=value"')
      .optional(),
  })
  .refine(
    (value) => Object.values(value).some((field) => field !== undefined),
    'must name a user, group, kind, issuer or claim',
  );

export type SubjectInput = z.output<typeof subject>;

export function toSubject({ user = '', group = '', kind, issuer = '', claim = '' }: SubjectInput): Subject {
  return create(SubjectSchema, {
    user,
    group,
    kind: kind === undefined ? PrincipalKind.UNSPECIFIED : PRINCIPAL_KINDS[kind],
    issuer,
    claim,
  });
}
