import { API_VERSION, type Manifest } from '@sallyport/policy-sdk';
import type * as z from 'zod';
import { checkSpec, type SpecResult } from '../resources/manifest.ts';
import { commonTargetSpec, readCommonTarget } from './protocols/common-target.ts';
import { readSshTarget, sshTargetSpec } from './protocols/ssh-target.ts';
import type { ParsedTarget, TargetMetadata, TargetReading } from './target.ts';

type TargetParser = (manifest: Manifest, spec: unknown) => SpecResult<ParsedTarget>;

/** Protocols whose manifests have fields of their own, each with its file in protocols/. */
const PARSERS: ReadonlyMap<unknown, TargetParser> = new Map([['ssh', parser(sshTargetSpec, readSshTarget)]]);

const parseCommon = parser(commonTargetSpec, readCommonTarget);

/** Checks a Target document by the rules of its protocol. */
export function parseTarget(manifest: Manifest): SpecResult<ParsedTarget> {
  const spec = manifest.specValue();
  return (PARSERS.get(protocolOf(spec)) ?? parseCommon)(manifest, spec);
}

function parser<S extends z.ZodType>(
  schema: S,
  read: (metadata: TargetMetadata, spec: z.output<S>) => TargetReading,
): TargetParser {
  return (manifest, spec) => {
    const checked = checkSpec(manifest, spec, schema);
    if (!checked.ok) return checked;
    const { name, labels, description } = manifest;
    const metadata = { name, labels: { ...labels }, description };
    const { shownSpec, ...reading } = read(metadata, checked.value);
    const shown = { apiVersion: API_VERSION, kind: manifest.kind, metadata, spec: shownSpec };
    return { ok: true, value: { ...reading, shown } };
  };
}

function protocolOf(spec: unknown): unknown {
  return typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'protocol') : undefined;
}
