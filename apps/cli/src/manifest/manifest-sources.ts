import { readFile } from 'node:fs/promises';
import type { ManifestProblem } from '@sallyport/contracts/admin';
import { CliError, reasonOf } from '../cli-error.ts';
import type { World } from '../world.ts';

/** One file of a manifest, and where its lines are in what is sent. */
export interface ManifestSource {
  readonly name: string;
  readonly text: string;
  /** Lines of the whole manifest before its first. */
  readonly linesBefore: number;
}

const SEPARATOR = '\n---\n';
const SEPARATOR_LINES = 2;

/** Reads the files, "-" being standard input, in order. */
export async function readSources(
  files: readonly string[],
  world: World,
): Promise<readonly ManifestSource[]> {
  if (files.filter((file) => file === '-').length > 1)
    throw new CliError('usage', 'Standard input can be read once.');
  const sources: ManifestSource[] = [];
  let linesBefore = 0;
  for (const file of files) {
    const text = await readSource(file, world);
    sources.push({ name: file === '-' ? '<stdin>' : file, text, linesBefore });
    linesBefore += text.split('\n').length - 1 + SEPARATOR_LINES;
  }
  return sources;
}

async function readSource(file: string, world: World): Promise<string> {
  if (file === '-') return world.readStdin();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('usage', `${file} cannot be read.`, { reason: reasonOf(error) });
  }
}

/** The files as one manifest, so that all of them are applied or none. */
export function joinSources(sources: readonly ManifestSource[]): string {
  return sources.map(({ text }) => text).join(SEPARATOR);
}

/** Where a problem is; line and column from 1, 0 where they are not known. */
export interface ProblemPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function placeOf({ line, column }: ManifestProblem, sources: readonly ManifestSource[]): ProblemPlace {
  const source = sources.findLast(({ linesBefore }) => line > linesBefore) ?? sources[0];
  if (source === undefined || line === 0) return { file: source?.name ?? '', line: 0, column: 0 };
  return { file: source.name, line: line - source.linesBefore, column: Math.max(1, column) };
}

/** As editors and compilers write it: "policies.yaml:12:7". */
export function formatPlace({ file, line, column }: ProblemPlace): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}
