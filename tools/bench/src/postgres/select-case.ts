import { figure, type Figure } from '../figures.ts';
import { cpuSecondsOf } from '../process-cpu.ts';
import { comparing, inRounds, type Rounds } from '../rounds.ts';
import type { Subject } from '../subject.ts';
import type { Effort } from './bench-postgres.ts';
import { pgbench, type PgbenchLoad, type PgbenchResult } from './pgbench.ts';

export type SelectCase = Omit<PgbenchLoad, 'transactionsPerClient'>;

export const SELECT_CASES: readonly SelectCase[] = [
  { mode: 'simple', clients: 1 },
  { mode: 'simple', clients: 32 },
  { mode: 'prepared', clients: 1 },
  { mode: 'prepared', clients: 32 },
];

export interface SelectResult extends PgbenchResult {
  /** Of the subject's own processes, for 100,000 transactions. */
  readonly cpuSeconds: number;
}

const WARM_UP_TRANSACTIONS = 300;
const CPU_PER = 100_000;

export async function measureSelects(
  subjects: readonly Subject[],
  load: SelectCase,
  effort: Effort,
): Promise<Rounds<SelectResult>> {
  let fastest = 0;
  for (const subject of subjects) {
    const transactionsPerClient = Math.ceil(WARM_UP_TRANSACTIONS / Math.sqrt(load.clients));
    fastest = Math.max(fastest, (await measure(subject, { ...load, transactionsPerClient })).tps);
  }
  const transactionsPerClient = Math.max(10, Math.ceil((fastest * effort.secondsPerRun) / load.clients));
  return inRounds(subjects, effort.rounds, (subject) => measure(subject, { ...load, transactionsPerClient }));
}

async function measure(subject: Subject, load: PgbenchLoad): Promise<SelectResult> {
  const before = cpuSecondsOf(subject.pids);
  const result = await pgbench({ ...subject, password: subject.password() }, load);
  const used = cpuSecondsOf(subject.pids) - before;
  return { ...result, cpuSeconds: (used * CPU_PER) / (load.clients * load.transactionsPerClient) };
}

export function selectFigures({ mode, clients }: SelectCase, rounds: Rounds<SelectResult>): Figure[] {
  const key = (measure: string): string => `postgres.${mode}.${clients}.${measure}`;
  const tpsRatio = (one: SelectResult, other: SelectResult): number => one.tps / other.tps;
  const addedP50 = (one: SelectResult, other: SelectResult): number => one.p50Us - other.p50Us;
  const values: (readonly [string, Figure['unit'], readonly number[]])[] = [
    ['direct_tps', 'tps', comparing(rounds, 'direct', 'direct', (one) => one.tps)],
    ['vs_direct', 'ratio', comparing(rounds, 'sallyport', 'direct', tpsRatio)],
    ['vs_pipe', 'ratio', comparing(rounds, 'sallyport', 'pipe', tpsRatio)],
    ['vs_pgbouncer', 'ratio', comparing(rounds, 'sallyport', 'pgbouncer', tpsRatio)],
    ['pipe_vs_direct', 'ratio', comparing(rounds, 'pipe', 'direct', tpsRatio)],
    ['pgbouncer_vs_direct', 'ratio', comparing(rounds, 'pgbouncer', 'direct', tpsRatio)],
  ];
  if (clients === 1) {
    values.push(
      ['direct_p50_us', 'us', comparing(rounds, 'direct', 'direct', (one) => one.p50Us)],
      ['added_p50_us', 'us', comparing(rounds, 'sallyport', 'direct', addedP50)],
      ['pipe_added_p50_us', 'us', comparing(rounds, 'pipe', 'direct', addedP50)],
      ['pgbouncer_added_p50_us', 'us', comparing(rounds, 'pgbouncer', 'direct', addedP50)],
    );
  } else {
    for (const [measure, name] of [
      ['cpu_s_per_100k', 'sallyport'],
      ['pipe_cpu_s_per_100k', 'pipe'],
      ['pgbouncer_cpu_s_per_100k', 'pgbouncer'],
    ] as const) {
      values.push([measure, 'cpu-s', comparing(rounds, name, name, (one) => one.cpuSeconds)]);
    }
  }
  return values.flatMap(([measure, unit, list]) =>
    list.length === 0 ? [] : [figure(key(measure), unit, list)],
  );
}
