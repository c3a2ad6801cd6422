import { createHash } from 'node:crypto';
import type { Principal, Target } from '@sallyport/contracts/access';
import type { PolicyView } from '@sallyport/contracts/policy';
import { buildPolicyView, opensTarget } from '@sallyport/policy-sdk';
import type { ResourceSnapshot } from '../resources/resource-snapshot.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** What narrows a token. */
export interface TokenNarrowing {
  readonly targets: readonly string[];
  readonly actions: readonly string[];
}

/** The rules of a principal on a target, or undefined where the target is closed to it. */
export function viewOf(
  snapshot: ResourceSnapshot,
  principal: Principal,
  target: Target,
  token: TokenNarrowing,
): PolicyView | undefined {
  const view = buildPolicyView(snapshot.policies, principal, target, { actions: token.actions }, sha256);
  const inScope = token.targets.length === 0 || token.targets.includes(target.name);
  return opensTarget(view) && inScope ? view : undefined;
}
