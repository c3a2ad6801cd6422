import type { MeasuredSubject, SubjectName } from './subject.ts';

/** What each subject gave in each round. */
export type Rounds<Result> = readonly ReadonlyMap<SubjectName, Result>[];

/**
 * Measures all subjects in turns, so that what else the machine does meets all
 * of them; each round begins with another one. Between two it ends when the
 * signal aborts.
 */
export async function inRounds<Result, Subject extends MeasuredSubject>(
  subjects: readonly Subject[],
  rounds: number,
  signal: AbortSignal,
  measure: (subject: Subject) => Promise<Result>,
): Promise<Rounds<Result>> {
  const results: Map<SubjectName, Result>[] = [];
  for (let round = 0; round < rounds; round++) {
    const result = new Map<SubjectName, Result>();
    const first = round % subjects.length;
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      signal.throwIfAborted();
      result.set(subject.name, await measure(subject));
    }
    results.push(result);
  }
  return results;
}

/** One number of each round in which both subjects took part. */
export function comparing<Result>(
  rounds: Rounds<Result>,
  one: SubjectName,
  other: SubjectName,
  compare: (one: Result, other: Result) => number,
): readonly number[] {
  return rounds.flatMap((round) => {
    const [left, right] = [round.get(one), round.get(other)];
    return left === undefined || right === undefined ? [] : [compare(left, right)];
  });
}
