import type { ManifestProblem } from '@sallyport/contracts/admin';
import type { Queries } from '../database/database.ts';
import { parseManifest, type ManifestDocument } from '../resources/manifest.ts';
import type { Vault } from '../secrets/vault.ts';
import { targetManifest, type TargetManifest } from './target.ts';
import { readGivenPassword, readTargetPassword, type PasswordSources } from './target-secret.ts';

/** What an apply does to a target's password. */
export type PasswordPlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'remove' }
  | { readonly kind: 'set'; readonly password: string }
  | { readonly kind: 'refuse'; readonly problem: ManifestProblem };

interface PlanContext {
  readonly queries: Queries;
  readonly vault: Vault;
  readonly sources: PasswordSources;
}

/**
 * A target that is applied without a password keeps the one it has, but only where that
 * still goes to the same place in the same way: else whoever may change targets could
 * have any password sent to a server of their own.
 */
export async function planTargetPassword(
  { queries, vault, sources }: PlanContext,
  document: ManifestDocument,
  manifest: TargetManifest,
  before: string | undefined,
): Promise<PasswordPlan> {
  const given = readGivenPassword(document, manifest, sources);
  if (!given.ok) return { kind: 'refuse', problem: given.problem };
  const stored = await readTargetPassword(queries, vault, document.name);
  if (given.password !== undefined)
    return given.password === stored ? { kind: 'keep' } : { kind: 'set', password: given.password };
  if (manifest.spec.credential === undefined)
    return stored === undefined ? { kind: 'keep' } : { kind: 'remove' };
  const refuse = (message: string): PasswordPlan => ({
    kind: 'refuse',
    problem: document.problem(['spec', 'credential'], message),
  });
  if (stored === undefined) return refuse('a password is needed: password, passwordFile or passwordEnv');
  if (before === undefined || destinationOf(parseBefore(before)) !== destinationOf(manifest)) {
    return refuse(
      'the address, TLS settings, protocol, parameters or user name changed, so the password must be given again',
    );
  }
  return { kind: 'keep' };
}

/** Everything that decides who receives the password. */
function destinationOf(manifest: TargetManifest | undefined): string {
  if (manifest === undefined) return '';
  const { protocol, address, tls, credential, parameters } = manifest.spec;
  return JSON.stringify([
    protocol,
    address.host,
    address.port,
    tls.mode,
    tls.caPem,
    tls.serverName,
    credential?.username,
    Object.entries(parameters).sort(),
  ]);
}

function parseBefore(text: string): TargetManifest | undefined {
  const [document] = parseManifest(text).documents;
  return targetManifest.safeParse(document?.value).data;
}
