import type { ManifestProblem } from '@sallyport/contracts/admin';
import { readPolicy, type Manifest, type Policy } from '@sallyport/policy-sdk';
import type * as z from 'zod';
import { issuerSpec, toIssuer, type Issuer } from '../identity/issuer.ts';
import type { Permission } from '../identity/permission.ts';
import { roleSpec, toRole, type Role } from '../identity/role.ts';
import { parseTarget } from '../targets/parse-target.ts';
import type { ParsedTarget } from '../targets/target.ts';
import { checkSpec, RESOURCE_KIND_NAMES, type ResourceKindName } from './manifest.ts';

/** A checked document, by kind. */
export type ParsedResource =
  | { readonly kind: 'Issuer'; readonly issuer: Issuer }
  | { readonly kind: 'Policy'; readonly policy: Policy }
  | { readonly kind: 'Role'; readonly role: Role }
  | { readonly kind: 'Target'; readonly target: ParsedTarget };

/** Use the resource only where the problems of its file are none, too. */
type ParseResult =
  | { readonly ok: true; readonly resource: ParsedResource }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

interface ResourceKind {
  /** The right that changing one takes. */
  readonly permission: Permission;
  parse(manifest: Manifest): ParseResult;
}

export const RESOURCE_KINDS: Readonly<Record<ResourceKindName, ResourceKind>> = {
  Issuer: {
    permission: 'identity.write',
    parse: (manifest) =>
      check(manifest, issuerSpec, (spec) => ({ kind: 'Issuer', issuer: toIssuer(manifest.name, spec) })),
  },
  Policy: {
    permission: 'resources.write',
    // By the same code that proxies decide with; its problems go to those of the file.
    parse: (manifest) => ({ ok: true, resource: { kind: 'Policy', policy: readPolicy(manifest) } }),
  },
  Role: {
    permission: 'identity.write',
    parse: (manifest) =>
      check(manifest, roleSpec, (spec) => ({ kind: 'Role', role: toRole(manifest.name, spec) })),
  },
  Target: {
    permission: 'resources.write',
    parse: (manifest) => {
      const parsed = parseTarget(manifest);
      return parsed.ok ? { ok: true, resource: { kind: 'Target', target: parsed.value } } : parsed;
    },
  },
};

/** The kind of that name, or undefined. */
export function resourceKindName(kind: string): ResourceKindName | undefined {
  return RESOURCE_KIND_NAMES.find((name) => name === kind);
}

/** Parses a document of any kind. */
export function parseResource(manifest: Manifest): ParseResult {
  const kind = resourceKindName(manifest.kind);
  if (kind !== undefined) return RESOURCE_KINDS[kind].parse(manifest);
  return { ok: false, problems: [manifest.problemAt(['kind'], `unknown kind "${manifest.kind}"`)] };
}

function check<S extends z.ZodType>(
  manifest: Manifest,
  schema: S,
  build: (spec: z.output<S>) => ParsedResource,
): ParseResult {
  const checked = checkSpec(manifest, manifest.specValue(), schema);
  return checked.ok ? { ok: true, resource: build(checked.value) } : checked;
}
