import { cpuSecondsOf } from './process-cpu.ts';
import { settle } from './settle.ts';
import type { MeasuredSubject } from './subject.ts';

/** CPU seconds of one run. */
export interface CpuUse {
  /** Of the data path, while the run lasted. */
  readonly dataPath: number;
  /** Of everything that the run gave the subject to do, also after it. */
  readonly everything: number;
}

/** Runs a load, and waits until the subject is quiet again. */
export async function withCpuUse<Result>(
  subject: MeasuredSubject,
  run: () => Promise<Result>,
): Promise<Result & { cpu: CpuUse }> {
  const all = [...subject.pids, ...subject.backgroundPids];
  const before = { dataPath: cpuSecondsOf(subject.pids), everything: cpuSecondsOf(all) };
  const result = await run();
  const dataPath = cpuSecondsOf(subject.pids) - before.dataPath;
  await settle(subject);
  return { ...result, cpu: { dataPath, everything: cpuSecondsOf(all) - before.everything } };
}
