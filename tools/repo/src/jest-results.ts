import { globSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import type { Step } from './steps.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface JestSummary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

const filesOf = (step: Step): string[] => {
  const every = globSync(`{apps,libs,tools}/*/${step.results ?? ''}`);
  return every.filter((file) => file.startsWith('apps/e2e/') === (step.part === 'e2e'));
};

/** Old counts must not stand in for a run that never happened. Nx restores those of a cached run. */
export async function clearResults(step: Step): Promise<void> {
  for (const file of filesOf(step)) await rm(file);
}

/** Sums what jest wrote. A run that failed without a failing test, such as one that did not start, counts as one failure. */
export async function readResults(step: Step, ok: boolean): Promise<Counts> {
  let passed = 0;
  let failed = 0;
  for (const file of filesOf(step)) {
    const summary = JSON.parse(await readFile(file, 'utf8')) as JestSummary;
    passed += summary.numPassedTests;
    failed += summary.numFailedTests + summary.numRuntimeErrorTestSuites;
  }
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}
