import { figure, type Figure } from '../figures.ts';
import { withCpuUse, type CpuUse } from '../measured.ts';
import { comparing, inRounds, type Rounds } from '../rounds.ts';
import type { Subject } from '../subject.ts';
import type { Effort } from './bench-postgres.ts';
import { readBulk, type BulkResult } from './bulk.ts';

/** One passes rows of a kilobyte; the other has two masked columns of five in rows of about 160 bytes. */
const QUERIES = {
  bulk: 'SELECT id, filler FROM wide',
  bulk_masked: 'SELECT id, name, email, card, note FROM people',
} as const;

export type BulkCase = keyof typeof QUERIES;

export interface BulkCaseResult extends BulkResult {
  readonly cpu: CpuUse;
}

const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

export async function measureBulk(
  subjects: readonly Subject[],
  name: BulkCase,
  effort: Effort,
  signal: AbortSignal,
): Promise<Rounds<BulkCaseResult>> {
  for (const subject of subjects) {
    signal.throwIfAborted();
    await measure(subject, name);
  }
  return inRounds(subjects, effort.rounds, signal, (subject) => measure(subject, name));
}

async function measure(subject: Subject, name: BulkCase): Promise<BulkCaseResult> {
  const { host, port, user, database } = subject;
  const target = { host, port, user, database, password: subject.password() };
  return withCpuUse(subject, () => readBulk(target, QUERIES[name]));
}

function rateOf({ bytes, seconds }: BulkCaseResult): number {
  return bytes / MEGABYTE / seconds;
}

export function bulkFigures(name: BulkCase, rounds: Rounds<BulkCaseResult>): Figure[] {
  const key = (measure: string): string => `postgres.${name}.1.${measure}`;
  const ratio = (one: BulkCaseResult, other: BulkCaseResult): number => rateOf(one) / rateOf(other);
  const dataPath = ({ cpu, bytes }: BulkCaseResult): number => (cpu.dataPath * GIGABYTE) / bytes;
  const everything = ({ cpu, bytes }: BulkCaseResult): number => (cpu.everything * GIGABYTE) / bytes;
  const values: (readonly [string, Figure['unit'], readonly number[]])[] = [
    ['direct_mb_s', 'MB/s', comparing(rounds, 'direct', 'direct', rateOf)],
    ['mb_s', 'MB/s', comparing(rounds, 'sallyport', 'sallyport', rateOf)],
    ['vs_direct', 'ratio', comparing(rounds, 'sallyport', 'direct', ratio)],
    ['vs_pipe', 'ratio', comparing(rounds, 'sallyport', 'pipe', ratio)],
    ['vs_pgbouncer', 'ratio', comparing(rounds, 'sallyport', 'pgbouncer', ratio)],
    ['pipe_vs_direct', 'ratio', comparing(rounds, 'pipe', 'direct', ratio)],
    ['pgbouncer_vs_direct', 'ratio', comparing(rounds, 'pgbouncer', 'direct', ratio)],
    ['cpu_s_per_gb', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', dataPath)],
    ['all_cpu_s_per_gb', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', everything)],
    ['pipe_cpu_s_per_gb', 'cpu-s', comparing(rounds, 'pipe', 'pipe', dataPath)],
  ];
  return values.flatMap(([measure, unit, list]) =>
    list.length === 0 ? [] : [figure(key(measure), unit, list)],
  );
}
