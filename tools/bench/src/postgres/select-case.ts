import { figure, type Figure } from '../figures.ts';
import { withCpuUse, type CpuUse } from '../measured.ts';
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
  readonly transactions: number;
  readonly cpu: CpuUse;
}

/** For each client: enough that the rate is one, and that what runs in a virtual machine has been compiled. */
const WARM_UP_TRANSACTIONS = { one: 3000, many: 500 };
const CPU_PER = 100_000;

export async function measureSelects(
  subjects: readonly Subject[],
  load: SelectCase,
  effort: Effort,
  signal: AbortSignal,
): Promise<Rounds<SelectResult>> {
  const warmUp = load.clients === 1 ? WARM_UP_TRANSACTIONS.one : WARM_UP_TRANSACTIONS.many;
  let fastest = 0;
  for (const subject of subjects) {
    signal.throwIfAborted();
    const { tps } = await measure(subject, { ...load, transactionsPerClient: warmUp });
    fastest = Math.max(fastest, tps);
  }
  const seconds = load.clients === 1 ? effort.secondsPerRun.one : effort.secondsPerRun.many;
  const transactionsPerClient = Math.max(10, Math.ceil((fastest * seconds) / load.clients));
  return inRounds(subjects, effort.rounds, signal, (subject) =>
    measure(subject, { ...load, transactionsPerClient }),
  );
}

async function measure(subject: Subject, load: PgbenchLoad): Promise<SelectResult> {
  const target = { ...subject, password: subject.password() };
  const result = await withCpuUse(subject, () => pgbench(target, load));
  return { ...result, transactions: load.clients * load.transactionsPerClient };
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
    const dataPath = ({ cpu, transactions }: SelectResult): number => (cpu.dataPath * CPU_PER) / transactions;
    const everything = ({ cpu, transactions }: SelectResult): number =>
      (cpu.everything * CPU_PER) / transactions;
    values.push(
      ['cpu_s_per_100k', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', dataPath)],
      ['all_cpu_s_per_100k', 'cpu-s', comparing(rounds, 'sallyport', 'sallyport', everything)],
      ['pipe_cpu_s_per_100k', 'cpu-s', comparing(rounds, 'pipe', 'pipe', dataPath)],
      ['pgbouncer_cpu_s_per_100k', 'cpu-s', comparing(rounds, 'pgbouncer', 'pgbouncer', dataPath)],
    );
  }
  return values.flatMap(([measure, unit, list]) =>
    list.length === 0 ? [] : [figure(key(measure), unit, list)],
  );
}
