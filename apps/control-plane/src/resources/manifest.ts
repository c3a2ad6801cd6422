import { create } from '@bufbuild/protobuf';
import { ManifestProblemSchema, type ManifestProblem } from '@sallyport/contracts/admin';
import { isMap, isNode, isScalar, LineCounter, parseAllDocuments, type Document } from 'yaml';
import * as z from 'zod';

export const API_VERSION = 'sallyport.dev/v1';
export const MAX_MANIFEST_BYTES = 1024 * 1024;
const MAX_DOCUMENTS = 500;
const MAX_ALIASES = 100;

/** One YAML document of a manifest, not yet checked against its kind. */
export interface ManifestDocument {
  readonly kind: string;
  readonly name: string;
  /** The document's own text. */
  readonly text: string;
  /** The same text behind as many empty lines as stand before it, for parsers that count lines. */
  readonly paddedText: string;
  readonly value: unknown;
  problem(path: readonly PropertyKey[], message: string): ManifestProblem;
}

export interface ParsedManifest {
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly ManifestProblem[];
}

const header = z.object({
  apiVersion: z.literal(API_VERSION),
  kind: z.string(),
  metadata: z.object({
    name: z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/,
        'must be 1 to 63 lower-case letters, digits, "-" or "."',
      ),
  }),
});

/** Splits a manifest into its documents; every problem of form, each at its line and column. */
export function parseManifest(text: string): ParsedManifest {
  if (Buffer.byteLength(text) > MAX_MANIFEST_BYTES)
    return onlyProblem(`the manifest is larger than ${String(MAX_MANIFEST_BYTES)} bytes`);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const yamlDocuments = Array.isArray(parsed) ? parsed.filter((document) => document.contents !== null) : [];
  if (yamlDocuments.length === 0) return onlyProblem('the manifest has no documents');
  if (yamlDocuments.length > MAX_DOCUMENTS)
    return onlyProblem(`the manifest has more than ${String(MAX_DOCUMENTS)} documents`);
  const problems: ManifestProblem[] = [];
  const documents = yamlDocuments.flatMap((document) => {
    const checked = checkDocument(document, text, lines);
    if ('value' in checked) return [checked];
    problems.push(...checked.problems);
    return [];
  });
  return { documents, problems: [...problems, ...findDuplicates(documents)] };
}

function checkDocument(
  document: Document,
  text: string,
  lines: LineCounter,
): ManifestDocument | { problems: ManifestProblem[] } {
  const at = (offset: number, path: readonly PropertyKey[], message: string) => {
    const { line, col } = lines.linePos(offset);
    return create(ManifestProblemSchema, { line, column: col, path: pathText(path), message });
  };
  if (document.errors.length > 0)
    return { problems: document.errors.map((error) => at(error.pos[0], [], error.message)) };
  const problem = (path: readonly PropertyKey[], message: string) =>
    at(offsetOf(document, path), path, message);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return { problems: [problem([], 'the document uses too many aliases')] };
  }
  const result = header.safeParse(value);
  if (!result.success)
    return { problems: result.error.issues.map((issue) => problem(issue.path, issue.message)) };
  const [start, , end] = document.range ?? [0, 0, 0];
  const own = text.slice(start, end);
  const { line } = lines.linePos(start);
  const { kind, metadata } = result.data;
  return { kind, name: metadata.name, text: own, paddedText: '\n'.repeat(line - 1) + own, value, problem };
}

function findDuplicates(documents: readonly ManifestDocument[]): ManifestProblem[] {
  const seen = new Set<string>();
  return documents.flatMap((document) => {
    const key = `${document.kind}/${document.name}`;
    if (seen.has(key)) return [document.problem(['metadata', 'name'], `${key} is in the manifest twice`)];
    seen.add(key);
    return [];
  });
}

/** Problems of a value that does not fit its kind's schema; unknown keys one by one, at the key. */
export function schemaProblems(document: ManifestDocument, error: z.ZodError): ManifestProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [document.problem(issue.path, issue.message)];
    return issue.keys.map((key) => document.problem([...issue.path, key], `unknown key "${key}"`));
  });
}

/** Where the value at the path stands, or the nearest level above that exists; a key's own place for a key. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
}

/** "spec.rules[0].allow". */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${String(part)}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

function onlyProblem(message: string): ParsedManifest {
  return {
    documents: [],
    problems: [create(ManifestProblemSchema, { line: 1, column: 1, path: '', message })],
  };
}
