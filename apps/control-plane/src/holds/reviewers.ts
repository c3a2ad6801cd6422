import type { Hold } from '@sallyport/contracts/admin';
import type { ApproverGroup, HoldRequirement, Principal } from '@sallyport/contracts/access';
import { matchesSubject } from '@sallyport/policy-sdk';
import { chainOf } from '../locks/lock-store.ts';

/** Why somebody may not review a hold. */
export type ReviewRefusal = 'own-statement' | 'not-an-approver';

/**
 * Whether a principal may review. Nobody reviews what they asked for, nor what was asked
 * for on their behalf, nor acting for whoever asked; and only who a rule names does.
 */
export function reviewRefusal(
  { principal, requirement }: Pick<Hold, 'principal' | 'requirement'>,
  reviewer: Principal,
): ReviewRefusal | undefined {
  if (principal === undefined || requirement === undefined) return 'not-an-approver';
  const asked = new Set(chainOf(principal));
  if (chainOf(reviewer).some((id) => asked.has(id))) return 'own-statement';
  return requirement.approverGroups.some((group) => isApproverOf(group, reviewer))
    ? undefined
    : 'not-an-approver';
}

/**
 * Whether these distinct reviewers, all of whom approved, are enough: every group of
 * approvers has its count. One who is in several groups counts in each. A requirement
 * that names no group is never met.
 */
export function isQuorum(requirement: HoldRequirement, approvers: readonly Principal[]): boolean {
  const { approverGroups } = requirement;
  const distinct = [...new Map(approvers.map((approver) => [approver.id, approver])).values()];
  return (
    approverGroups.length > 0 &&
    approverGroups.every(
      (group) =>
        distinct.filter((approver) => isApproverOf(group, approver)).length >= Math.max(group.count, 1),
    )
  );
}

function isApproverOf(group: ApproverGroup, reviewer: Principal): boolean {
  return group.anyOf.some((subject) => matchesSubject(subject, reviewer));
}
