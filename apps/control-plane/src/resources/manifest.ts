import type { ManifestProblem } from '@sallyport/contracts/admin';
import { readManifest, type Manifest, type ManifestFile } from '@sallyport/policy-sdk';
import type * as z from 'zod';

/** Every kind of declarative object. */
export const RESOURCE_KIND_NAMES = ['Issuer', 'Policy', 'Role', 'Target'] as const;

export type ResourceKindName = (typeof RESOURCE_KIND_NAMES)[number];

/** Splits a manifest into its documents; every problem of form, each at its line and column. */
export function parseManifest(text: string): ManifestFile {
  return readManifest(text, RESOURCE_KIND_NAMES);
}

export type SpecResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/** Checks `spec`, taken as a whole, against its kind's schema. */
export function checkSpec<S extends z.ZodType>(
  manifest: Manifest,
  spec: unknown,
  schema: S,
): SpecResult<z.output<S>> {
  const result = schema.safeParse(spec);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: schemaProblems(manifest, result.error) };
}

/** Unknown keys are told one by one, at the key. */
function schemaProblems(manifest: Manifest, error: z.ZodError): ManifestProblem[] {
  return error.issues.flatMap((issue) => {
    const path = ['spec', ...issue.path];
    if (issue.code !== 'unrecognized_keys') return [manifest.problemAt(path, issue.message)];
    return issue.keys.map((key) => manifest.problemAt([...path, key], `unknown key "${key}"`));
  });
}

const MAX_LABEL_NAME = 63;
const MAX_LABEL_VALUE = 255;
const MAX_DESCRIPTION = 1000;

/** What `metadata` may not be, beyond its form. */
export function metadataProblems(manifest: Manifest): ManifestProblem[] {
  const labels = Object.entries(manifest.labels).flatMap(([name, value]) => {
    const path = ['metadata', 'labels', name];
    if (name === '' || name.length > MAX_LABEL_NAME)
      return [manifest.problemAt(path, `a label's name has 1 to ${String(MAX_LABEL_NAME)} characters`)];
    return value.length > MAX_LABEL_VALUE
      ? [manifest.problemAt(path, `a label has at most ${String(MAX_LABEL_VALUE)} characters`)]
      : [];
  });
  const { length } = manifest.description;
  const tooLong =
    length > MAX_DESCRIPTION
      ? [
          manifest.problemAt(
            ['metadata', 'description'],
            `a description has at most ${String(MAX_DESCRIPTION)} characters`,
          ),
        ]
      : [];
  return [...labels, ...tooLong];
}
