import { create } from '@bufbuild/protobuf';
import { PrincipalKind, SubjectSchema, type Subject } from '@sallyport/contracts/access';
import { PRINCIPAL_KIND_WORDS } from '../condition/context.ts';
import type { ManifestMap } from './manifest-map.ts';

const KINDS = ['user', 'workload', 'agent'] as const satisfies readonly (keyof typeof PRINCIPAL_KIND_WORDS)[];

function claimProblem(claim: string): string | undefined {
  return claim.indexOf('=') > 0 ? undefined : 'a claim is written name=value';
}

/** Reads one subject: `{ user, group, kind, issuer, claim }`, at least one of them, all of which must match. */
export function readSubject(map: ManifestMap): Subject {
  const kind = map.choice('kind', KINDS);
  const subject = create(SubjectSchema, {
    user: map.text('user') ?? '',
    group: map.text('group') ?? '',
    kind: kind === undefined ? PrincipalKind.UNSPECIFIED : PRINCIPAL_KIND_WORDS[kind],
    issuer: map.text('issuer') ?? '',
    claim: map.text('claim', { check: claimProblem }) ?? '',
  });
  if (map.keys.length === 0)
    map.problem(undefined, 'name a user, group, kind, issuer or claim; user: "*" is anyone');
  return subject;
}
