import { figure, type Figure } from '../figures.ts';
import { cpuSecondsOf } from '../process-cpu.ts';
import { comparing, inRounds, type Rounds } from '../rounds.ts';
import type { Subject } from '../subject.ts';
import type { Effort } from './bench-postgres.ts';
import { readBulk } from './bulk.ts';

/** One passes rows of a kilobyte; the other has two masked columns of five in rows of about 160 bytes. */
const QUERIES = {
  bulk: 'SELECT id, filler FROM wide',
  bulk_masked: 'SELECT id, name, email, card, note FROM people',
} as const;

export type BulkCase = keyof typeof QUERIES;

export interface BulkCaseResult {
  readonly megabytesPerSecond: number;
  /** Of the subject's own processes, for a gigabyte. */
  readonly cpuSeconds: number;
}

const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

export async function measureBulk(
  subjects: readonly Subject[],
  name: BulkCase,
  effort: Effort,
): Promise<Rounds<BulkCaseResult>> {
  for (const subject of subjects) await measure(subject, name);
  return inRounds(subjects, effort.rounds, (subject) => measure(subject, name));
}

async function measure(subject: Subject, name: BulkCase): Promise<BulkCaseResult> {
  const before = cpuSecondsOf(subject.pids);
  const { host, port, user, database } = subject;
  const { bytes, seconds } = await readBulk(
    { host, port, user, database, password: subject.password() },
    QUERIES[name],
  );
  const used = cpuSecondsOf(subject.pids) - before;
  return { megabytesPerSecond: bytes / MEGABYTE / seconds, cpuSeconds: (used * GIGABYTE) / bytes };
}

export function bulkFigures(name: BulkCase, rounds: Rounds<BulkCaseResult>): Figure[] {
  const key = (measure: string): string => `postgres.${name}.1.${measure}`;
  const ratio = (one: BulkCaseResult, other: BulkCaseResult): number =>
    one.megabytesPerSecond / other.megabytesPerSecond;
  const values: (readonly [string, Figure['unit'], readonly number[]])[] = [
    ['direct_mb_s', 'MB/s', comparing(rounds, 'direct', 'direct', (one) => one.megabytesPerSecond)],
    ['mb_s', 'MB/s', comparing(rounds, 'sallyport', 'sallyport', (one) => one.megabytesPerSecond)],
    ['vs_direct', 'ratio', comparing(rounds, 'sallyport', 'direct', ratio)],
    ['vs_pipe', 'ratio', comparing(rounds, 'sallyport', 'pipe', ratio)],
    ['vs_pgbouncer', 'ratio', comparing(rounds, 'sallyport', 'pgbouncer', ratio)],
    ['pipe_vs_direct', 'ratio', comparing(rounds, 'pipe', 'direct', ratio)],
    ['pgbouncer_vs_direct', 'ratio', comparing(rounds, 'pgbouncer', 'direct', ratio)],
    ['cpu_s_per_gb', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', (one) => one.cpuSeconds)],
    ['pipe_cpu_s_per_gb', 'cpu-s', comparing(rounds, 'pipe', 'pipe', (one) => one.cpuSeconds)],
  ];
  return values.flatMap(([measure, unit, list]) =>
    list.length === 0 ? [] : [figure(key(measure), unit, list)],
  );
}
