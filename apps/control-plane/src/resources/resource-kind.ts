import type { ManifestProblem } from '@sallyport/contracts/admin';
import type { Policy } from '@sallyport/policy-sdk';
import type * as z from 'zod';
import { issuerManifest, toIssuer, type Issuer } from '../identity/issuer.ts';
import type { Permission } from '../identity/permission.ts';
import { roleManifest, toRole, type Role } from '../identity/role.ts';
import { parsePolicyDocument } from '../policies/parse-policy.ts';
import { parseTarget } from '../targets/parse-target.ts';
import type { ParsedTarget } from '../targets/target.ts';
import { schemaProblems, type ManifestDocument } from './manifest.ts';

/** A checked document, by kind. */
export type ParsedResource =
  | { readonly kind: 'Issuer'; readonly issuer: Issuer }
  | { readonly kind: 'Policy'; readonly policy: Policy }
  | { readonly kind: 'Role'; readonly role: Role }
  | { readonly kind: 'Target'; readonly target: ParsedTarget };

export type ResourceKindName = ParsedResource['kind'];

type ParseResult =
  | { readonly ok: true; readonly resource: ParsedResource }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

interface ResourceKind {
  /** The right that changing one takes. */
  readonly permission: Permission;
  parse(document: ManifestDocument): ParseResult;
}

/** Every kind of declarative object. */
export const RESOURCE_KINDS: Readonly<Record<ResourceKindName, ResourceKind>> = {
  Issuer: {
    permission: 'identity.write',
    parse: (document) =>
      check(document, issuerManifest, (manifest) => ({ kind: 'Issuer', issuer: toIssuer(manifest) })),
  },
  Policy: {
    permission: 'resources.write',
    parse: (document) => {
      const { policy, problems } = parsePolicyDocument(document);
      return policy === undefined
        ? { ok: false, problems }
        : { ok: true, resource: { kind: 'Policy', policy } };
    },
  },
  Role: {
    permission: 'identity.write',
    parse: (document) =>
      check(document, roleManifest, (manifest) => ({ kind: 'Role', role: toRole(manifest) })),
  },
  Target: {
    permission: 'resources.write',
    parse: (document) => {
      const parsed = parseTarget(document);
      return parsed.ok ? { ok: true, resource: { kind: 'Target', target: parsed.target } } : parsed;
    },
  },
};

/** The kind of that name, or undefined. */
export function resourceKindName(kind: string): ResourceKindName | undefined {
  return RESOURCE_KIND_NAMES.find((name) => name === kind);
}

const RESOURCE_KIND_NAMES: readonly ResourceKindName[] = ['Issuer', 'Policy', 'Role', 'Target'];

/** Parses a document of any kind; a kind that is not known is a problem of the document. */
export function parseResource(document: ManifestDocument): ParseResult {
  const kind = resourceKindName(document.kind);
  if (kind !== undefined) return RESOURCE_KINDS[kind].parse(document);
  const message = `unknown kind "${document.kind}"; known are ${RESOURCE_KIND_NAMES.join(', ')}`;
  return { ok: false, problems: [document.problem(['kind'], message)] };
}

function check<S extends z.ZodType>(
  document: ManifestDocument,
  schema: S,
  build: (value: z.output<S>) => ParsedResource,
): ParseResult {
  const result = schema.safeParse(document.value);
  if (!result.success) return { ok: false, problems: schemaProblems(document, result.error) };
  return { ok: true, resource: build(result.data) };
}
