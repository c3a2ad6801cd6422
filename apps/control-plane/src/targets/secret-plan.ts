import type { ManifestProblem } from '@sallyport/contracts/admin';
import type { Queries } from '../database/database.ts';
import type { Manifest } from '@sallyport/policy-sdk';
import { parseManifest } from '../resources/manifest.ts';
import type { Vault } from '../secrets/vault.ts';
import { parseTarget } from './parse-target.ts';
import { givenNowhere, readGivenSecret, type PasswordSources } from './secret-source.ts';
import type { ParsedTarget } from './target.ts';
import { readTargetSecret } from './target-secret.ts';

/** What an apply does to a target's secret. */
export type SecretPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'set'; readonly secret: string }
  | { readonly kind: 'refuse'; readonly problem: ManifestProblem };

interface PlanContext {
  readonly queries: Queries;
  readonly vault: Vault;
  readonly sources: PasswordSources;
}

/**
 * A target that is applied without its secret keeps the one it has, but only where that
 * still goes to the same place in the same way: else whoever may change targets could
 * have any secret sent to a server of their own.
 */
export async function planTargetSecret(
  { queries, vault, sources }: PlanContext,
  manifest: Manifest,
  { secret: source, destination }: ParsedTarget,
  before: string | undefined,
): Promise<SecretPlan> {
  const stored = await readTargetSecret(queries, vault, manifest.name);
  if (source === undefined) return stored === undefined ? { kind: 'keep' } : { kind: 'remove' };
  const given = readGivenSecret(manifest, source, sources);
  if (!given.ok) return { kind: 'refuse', problem: given.problem };
  if (given.secret !== undefined)
    return given.secret === stored ? { kind: 'keep' } : { kind: 'set', secret: given.secret };
  const refuse = (message: string): SecretPlan => ({
    kind: 'refuse',
    problem: manifest.problemAt(['spec', 'credential'], message),
  });
  if (stored === undefined) return refuse(givenNowhere(source.field));
  if (before === undefined || destinationOf(before) !== destination) {
    const what = source.field === 'password' ? 'password' : 'private key';
    return refuse(
      `the address, how the target proves itself, the protocol, parameters, accounts or the kind of credential changed, so the ${what} must be given again`,
    );
  }
  return { kind: 'keep' };
}

/** Of the manifest as stored; one that cannot be read has none. */
function destinationOf(text: string): string | undefined {
  const [manifest] = parseManifest(text).manifests;
  const parsed = manifest === undefined ? undefined : parseTarget(manifest);
  return parsed?.ok === true ? parsed.value.destination : undefined;
}
