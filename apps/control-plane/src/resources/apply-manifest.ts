import { createHash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import {
  AppliedChange,
  AppliedResourceSchema,
  ApplyResponseSchema,
  type AppliedResource,
  type ApplyResponse,
  type ManifestProblem,
} from '@sallyport/contracts/admin';
import type { Manifest } from '@sallyport/policy-sdk';
import { stringify } from 'yaml';
import { countChange } from '../changes/change-topics.ts';
import type { Database, Queries } from '../database/database.ts';
import type { Permission } from '../identity/permission.ts';
import type { Vault } from '../secrets/vault.ts';
import { planTargetSecret, type SecretPlan } from '../targets/secret-plan.ts';
import type { PasswordSources } from '../targets/secret-source.ts';
import { writeTargetSecret } from '../targets/target-secret.ts';
import { metadataProblems, parseManifest } from './manifest.ts';
import { parseResource, RESOURCE_KINDS, type ParsedResource } from './resource-kind.ts';
import { writeResource } from './resource-store.ts';

export interface ApplyContext {
  readonly database: Database;
  readonly vault: Vault;
  readonly passwordSources: PasswordSources;
  readonly now: () => Date;
}

export interface ApplyOptions {
  readonly manifest: string;
  readonly dryRun: boolean;
  /** Who changes it, for the history. */
  readonly actor: string;
  readonly may: (permission: Permission) => boolean;
  /** Runs in the same transaction, last. */
  readonly alongside?: (queries: Queries) => Promise<void>;
}

interface Checked {
  readonly manifest: Manifest;
  readonly resource: ParsedResource;
}

/** Serialises applies, so that what one checks is still so when it writes. */
const APPLY_LOCK = 7_255_971;

/** Validates every document of a manifest, then changes all of them or none. */
export async function applyManifest(context: ApplyContext, options: ApplyOptions): Promise<ApplyResponse> {
  const file = parseManifest(options.manifest);
  const checked: Checked[] = [];
  const found: ManifestProblem[] = [];
  for (const manifest of file.manifests) {
    const parsed = parseResource(manifest);
    found.push(...metadataProblems(manifest));
    if (!parsed.ok) found.push(...parsed.problems);
    else if (!options.may(RESOURCE_KINDS[parsed.resource.kind].permission)) {
      const { permission } = RESOURCE_KINDS[parsed.resource.kind];
      const problem = manifest.problemAt(['kind'], `you need the right ${permission} to change this`);
      found.push({ ...problem, code: 'denied' });
    } else checked.push({ manifest, resource: parsed.resource });
  }
  found.push(...file.problems());
  return context.database.prisma.$transaction(async (queries) => {
    await queries.$executeRaw`SELECT pg_advisory_xact_lock(${APPLY_LOCK})`;
    const plans: Plan[] = [];
    for (const item of checked) {
      const plan = await planChange(context, queries, item);
      if ('problem' in plan) found.push(plan.problem);
      else plans.push(plan);
    }
    if (found.length > 0)
      return create(ApplyResponseSchema, {
        problems: found.sort((a, b) => a.line - b.line || a.column - b.column),
      });
    if (options.dryRun)
      return create(ApplyResponseSchema, {
        applied: plans.map((plan) =>
          applied(plan, plan.version + (plan.change === AppliedChange.UNCHANGED ? 0 : 1)),
        ),
      });
    const results: AppliedResource[] = [];
    for (const plan of plans) results.push(await execute(context, queries, plan, options.actor));
    if (plans.some((plan) => plan.change !== AppliedChange.UNCHANGED))
      await countChange(queries, 'resources');
    await options.alongside?.(queries);
    return create(ApplyResponseSchema, { applied: results });
  });
}

interface Plan {
  readonly resource: ParsedResource;
  readonly name: string;
  readonly manifest: string;
  readonly digest: string;
  /** The newest there is; 0: none. */
  readonly version: number;
  readonly change: AppliedChange;
  readonly secret: SecretPlan;
}

async function planChange(
  context: ApplyContext,
  queries: Queries,
  { manifest: document, resource }: Checked,
): Promise<Plan | { problem: ManifestProblem }> {
  const { name } = document;
  const before = await queries.resource.findUnique({ where: { kind_name: { kind: resource.kind, name } } });
  const secret: SecretPlan =
    resource.kind === 'Target'
      ? await planTargetSecret(
          { queries, vault: context.vault, sources: context.passwordSources },
          document,
          resource.target,
          before?.manifest,
        )
      : { kind: 'keep' };
  if (secret.kind === 'refuse') return { problem: secret.problem };
  const manifest = publicManifest(document, resource);
  const digest = createHash('sha256').update(manifest).digest('hex');
  const unchanged = before?.digest === digest && secret.kind === 'keep';
  const change =
    before === null ? AppliedChange.CREATED : unchanged ? AppliedChange.UNCHANGED : AppliedChange.UPDATED;
  return { resource, name, manifest, digest, version: before?.version ?? 0, change, secret };
}

async function execute(
  context: ApplyContext,
  queries: Queries,
  plan: Plan,
  actor: string,
): Promise<AppliedResource> {
  if (plan.change === AppliedChange.UNCHANGED) return applied(plan, plan.version);
  const {
    name,
    manifest,
    digest,
    resource: { kind },
    secret,
  } = plan;
  const now = context.now();
  const version = await writeResource(queries, {
    kind,
    name,
    manifest,
    digest,
    changedAt: now,
    changedBy: actor,
  });
  if (secret.kind === 'set') await writeTargetSecret(queries, context.vault, name, secret.secret, now);
  if (secret.kind === 'remove') await writeTargetSecret(queries, context.vault, name, undefined, now);
  return applied(plan, version);
}

function applied({ resource, name, change }: Plan, version: number): AppliedResource {
  return create(AppliedResourceSchema, { kind: resource.kind, name, version, change });
}

/**
 * What is stored and shown. A target is written anew from its checked value without its
 * secret, so that neither an anchor nor a comment can carry one along.
 */
function publicManifest(document: Manifest, resource: ParsedResource): string {
  if (resource.kind !== 'Target') return document.text;
  return stringify(resource.target.shown, { aliasDuplicateObjects: false });
}
