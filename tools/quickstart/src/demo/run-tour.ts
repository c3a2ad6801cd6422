import type { DemoPart, Tour } from './tour.ts';

export interface TourReport {
  readonly passed: number;
  /** "title: what was wrong". */
  readonly failed: readonly string[];
}

/** Runs every step of the parts; one that fails does not keep the next from running. */
export async function runTour(
  parts: readonly DemoPart[],
  tour: Tour,
  write: (text: string) => void,
): Promise<TourReport> {
  let number = 0;
  let passed = 0;
  const failed: string[] = [];
  for (const part of parts) {
    write(`\n${part.title}\n`);
    await part.prepare(tour);
    for (const step of part.steps) {
      number += 1;
      write(`\n${number}. ${step.title}\n`);
      const problem = await runStep(() => step.run(tour), tour);
      if (problem === undefined) passed += 1;
      else failed.push(`${step.title}: ${problem}`);
    }
  }
  return { passed, failed };
}

async function runStep(run: () => Promise<void>, tour: Tour): Promise<string | undefined> {
  try {
    await run();
  } catch (error) {
    tour.check(describe(error), false);
  }
  const failures = tour.takeFailures();
  return failures.length === 0 ? undefined : failures.join('; ');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}
