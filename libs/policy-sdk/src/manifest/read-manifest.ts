import type { ManifestProblem } from '@sallyport/contracts/admin';
import { isMap, parseAllDocuments, type Document, type ParsedNode, type YAMLMap } from 'yaml';
import { ManifestMap } from './manifest-map.ts';
import { offsetAt, pathText, plainValue } from './plain-value.ts';
import { ProblemList } from './problem-list.ts';
import { isPlain, nodeName, offsetOf, type Place } from './yaml-node.ts';

/** The version of all manifests. */
export const API_VERSION = 'sallyport.dev/v1';
/** Longest manifest, in characters. */
export const MAX_MANIFEST_LENGTH = 262_144;
/** Most documents in one manifest. */
export const MAX_DOCUMENTS = 256;

/** One YAML document in the Kubernetes shape, its head read and its spec ready to be. */
export interface Manifest {
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The document as written, without its separators. */
  readonly text: string;
  /** Reads `spec`; undefined where there is none (which is reported). To be called once. */
  readSpec<T>(read: (spec: ManifestMap) => T): T | undefined;
  /** `spec` as a plain value, for readers that take it as a whole; instead of `readSpec`. */
  specValue(): unknown;
  /** Reports a problem of the document as a whole. */
  problem(path: string, message: string): void;
  /** A problem at the value of a path, with its place. Reports nothing by itself. */
  problemAt(path: readonly PropertyKey[], message: string): ManifestProblem;
}

export interface ManifestFile {
  /** The documents whose head could be read. */
  readonly manifests: readonly Manifest[];
  /** All problems so far; grows as specs are read. Not empty: nothing of the file may be used. */
  problems(): ManifestProblem[];
}

const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?$/;

/** Says what is wrong with the name of an object, or nothing. */
export function nameProblem(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  return 'a name has 1 to 63 lower-case letters, digits, "-" and ".", and starts and ends with a letter or digit';
}

/**
 * Splits a manifest into documents, checks what all kinds have in common, and
 * hands out the specs. Strict: duplicate keys, aliases, tags, unknown kinds
 * and names that are there twice are problems, with line and column.
 *
 * @param kinds the kinds that are accepted
 */
export function readManifest(text: string, kinds: readonly string[]): ManifestFile {
  const problems = new ProblemList();
  const file = { manifests: [], problems: () => problems.problems };
  if (text.length > MAX_MANIFEST_LENGTH) {
    problems.add(0, '', `a manifest has at most ${MAX_MANIFEST_LENGTH} characters`);
    return file;
  }
  const documents = parseDocuments(text, problems).filter(
    // Between separators there may be nothing but comments.
    ({ contents }) => contents !== null && nodeName(contents) !== 'empty',
  );
  if (documents.length === 0 && problems.count === 0) problems.add(0, '', 'there is no document');
  if (documents.length > MAX_DOCUMENTS) {
    problems.add(0, '', `a manifest has at most ${MAX_DOCUMENTS} documents`);
    return file;
  }
  const manifests = documents.flatMap((document) => readDocument(document, text, kinds, problems) ?? []);
  reportDuplicates(manifests);
  return { ...file, manifests };
}

function parseDocuments(text: string, problems: ProblemList): readonly Document.Parsed[] {
  try {
    // Uniqueness of keys is checked in entriesOf: the library compares each key with each other one.
    const documents = parseAllDocuments(text, {
      lineCounter: problems.lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: true,
      version: '1.2',
    });
    if (!Array.isArray(documents)) return [];
    for (const { errors, warnings } of documents) {
      for (const { pos, message } of [...errors, ...warnings]) problems.add(pos[0], '', readable(message));
    }
    return documents.filter(({ errors }) => errors.length === 0);
  } catch (_error: unknown) {
    problems.add(0, '', TOO_DEEP);
    return [];
  }
}

/** The parser goes one level down the stack for each level of nesting, and tells when there is no more. */
function readable(message: string): string {
  return message.includes('call stack') ? TOO_DEEP : message;
}

const TOO_DEEP = 'the document nests too deep to be read';

function readDocument(
  document: Document.Parsed,
  source: string,
  kinds: readonly string[],
  problems: ProblemList,
): Manifest | undefined {
  const contents: ParsedNode | null = document.contents;
  const place = { offset: offsetOf(contents, document.range[0]), path: '' };
  if (!isPlain(contents, place, problems)) return undefined;
  if (!isMap(contents)) {
    problems.add(place.offset, '', `a document must be a map, and is ${nodeName(contents)}`);
    return undefined;
  }
  const text = source
    .slice(document.range[0], document.range[2])
    .replace(/^---[ \t]*\r?\n/, '')
    .trim();
  return ManifestMap.read(contents, place, source, problems, (top) => {
    const head = readHead(top, kinds, `${text}\n`);
    return head === undefined ? undefined : { ...head, ...valueReaders(contents, place, problems) };
  });
}

function valueReaders(
  contents: YAMLMap,
  place: Place,
  problems: ProblemList,
): Pick<Manifest, 'specValue' | 'problemAt'> {
  return {
    specValue: () => {
      const spec = contents.get('spec', true);
      return plainValue(spec, { offset: offsetOf(spec, place.offset), path: 'spec' }, problems);
    },
    problemAt: (path, message) =>
      problems.at(offsetAt(contents, path, place.offset), pathText(path), message),
  };
}

type Head = Omit<Manifest, 'specValue' | 'problemAt'>;

function readHead(top: ManifestMap, kinds: readonly string[], text: string): Head | undefined {
  top.choice('apiVersion', [API_VERSION], { required: true });
  const kind = top.choice('kind', kinds, { required: true });
  const metadata = top.map(
    'metadata',
    (map) => ({
      name: map.text('name', { required: true, check: nameProblem }),
      description: map.text('description') ?? '',
      labels: map.textMap('labels'),
    }),
    { required: true },
  );
  top.has('spec');
  if (kind === undefined || metadata?.name === undefined) return undefined;
  return {
    kind,
    name: metadata.name,
    description: metadata.description,
    labels: metadata.labels,
    text,
    readSpec: (read) => top.map('spec', read, { required: true }),
    problem: (path, message) => {
      top.problem(path === '' ? undefined : path, message);
    },
  };
}

function reportDuplicates(manifests: readonly Manifest[]): void {
  const seen = new Set<string>();
  for (const manifest of manifests) {
    const key = `${manifest.kind}/${manifest.name}`;
    if (seen.has(key)) manifest.problem('metadata', `${manifest.kind} "${manifest.name}" is there twice`);
    seen.add(key);
  }
}
