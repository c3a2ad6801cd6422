import type { ManifestProblem } from '@sallyport/contracts/admin';
import type * as z from 'zod';
import { schemaProblems, type ManifestDocument } from '../resources/manifest.ts';
import { commonTargetSchema, readCommonTarget } from './protocols/common-target.ts';
import { readSshTarget, sshTargetSchema } from './protocols/ssh-target.ts';
import type { ParsedTarget } from './target.ts';

export type TargetParseResult =
  | { readonly ok: true; readonly target: ParsedTarget }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

type TargetParser = (document: ManifestDocument) => TargetParseResult;

/** Protocols whose manifests have fields of their own, each with its file in protocols/. */
const PARSERS: ReadonlyMap<unknown, TargetParser> = new Map([
  ['ssh', parser(sshTargetSchema, readSshTarget)],
]);

const parseCommon = parser(commonTargetSchema, readCommonTarget);

/** Checks a Target document by the rules of its protocol. */
export function parseTarget(document: ManifestDocument): TargetParseResult {
  return (PARSERS.get(protocolOf(document.value)) ?? parseCommon)(document);
}

function parser<S extends z.ZodType>(schema: S, read: (manifest: z.output<S>) => ParsedTarget): TargetParser {
  return (document) => {
    const result = schema.safeParse(document.value);
    return result.success
      ? { ok: true, target: read(result.data) }
      : { ok: false, problems: schemaProblems(document, result.error) };
  };
}

function protocolOf(value: unknown): unknown {
  const spec = property(value, 'spec');
  return property(spec, 'protocol');
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
