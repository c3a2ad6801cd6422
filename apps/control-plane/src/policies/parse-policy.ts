import type { ManifestProblem } from '@sallyport/contracts/admin';
import { parsePolicies, type Policy } from '@sallyport/policy-sdk';
import type { ManifestDocument } from '../resources/manifest.ts';

/** A Policy document, checked by the same code that proxies decide with; problems at their lines in the manifest. */
export function parsePolicyDocument(document: ManifestDocument): {
  policy: Policy | undefined;
  problems: readonly ManifestProblem[];
} {
  const { policies, problems } = parsePolicies(document.paddedText);
  const [policy] = policies;
  if (problems.length > 0 || policy === undefined) return { policy: undefined, problems };
  return { policy, problems: [] };
}
