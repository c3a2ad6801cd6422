import { create, toBinary } from '@bufbuild/protobuf';
import type { Principal, Target } from '@sallyport/contracts/access';
import {
  PolicyMode,
  PolicyViewSchema,
  TokenScopeSchema,
  ViewPolicySchema,
  type PolicyView,
  type ViewPolicy,
} from '@sallyport/contracts/policy';
import type { Policy } from '../manifest/policy.ts';
import { sha256, toHex } from './sha256.ts';
import { matchesSubject } from './subject.ts';
import { selectsTarget } from './target-selector.ts';

/** What a token narrows; no actions: nothing. */
export interface ViewScope {
  readonly actions: readonly string[];
}

/** SHA-256; pass node:crypto's where speed counts. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/**
 * The rules that can apply to this principal on this target: subjects and
 * target selectors are applied here, actions, objects and conditions later.
 *
 * The revision is the digest of all that the view holds. It does not depend on
 * the order of the policies, and stays the same when a policy that is not in
 * the view changes, so that approvals outlive changes that are not about them.
 */
export function buildPolicyView(
  policies: readonly Policy[],
  principal: Principal,
  target: Target,
  scope?: ViewScope,
  digest: Sha256 = sha256,
): PolicyView {
  const view = create(PolicyViewSchema, {
    policies: policies
      .filter((policy) => appliesTo(policy, principal, target))
      .map(({ name, mode, rules }) => create(ViewPolicySchema, { name, mode, rules: [...rules] }))
      .sort(byName),
    scope: create(TokenScopeSchema, { actions: [...(scope?.actions ?? [])].sort() }),
  });
  view.revision = toHex(digest(toBinary(PolicyViewSchema, view)));
  return view;
}

/** Whether a policy is about this principal on this target. */
export function appliesTo(policy: Policy, principal: Principal, target: Target): boolean {
  return (
    selectsTarget(policy.targets, target) &&
    policy.subjects.some((subject) => matchesSubject(subject, principal))
  );
}

/**
 * Whether the view lets its principal do anything at all: whether some
 * enforced rule allows or holds. A target that no rule opens is answered as
 * one that is not there.
 */
export function opensTarget(view: PolicyView): boolean {
  return view.policies.some(
    (policy) =>
      policy.mode === PolicyMode.ENFORCE &&
      policy.rules.some(({ verb }) => verb.case === 'allow' || verb.case === 'hold'),
  );
}

function byName(a: ViewPolicy, b: ViewPolicy): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
