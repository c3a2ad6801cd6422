import type { Decision } from '@sallyport/contracts/access';
import type { MaskCount } from '../../mask-count.ts';
import { detectsOf } from './check-masks.ts';
import { OutputMasker, passMasker, type StreamMasker } from './output-masker.ts';

/** What the two streams of one statement go through. */
export interface OutputMaskers {
  readonly stdout: StreamMasker;
  readonly stderr: StreamMasker;
  /** What was hidden in both, for the record. */
  counts(): readonly MaskCount[];
}

/** Lets everything pass, untouched. */
const PASS: OutputMaskers = { stdout: passMasker, stderr: passMasker, counts: () => [] };

/**
 * What a decision's masks make of a program's output.
 * @param columns of the terminal that it is shown on; null: there is none
 */
export function maskOutput(decision: Decision, key: Uint8Array, columns: number | null): OutputMaskers {
  const obligations = detectsOf(decision);
  if (obligations.length === 0) return PASS;
  const terminal = columns === null ? null : { columns };
  const stdout = new OutputMasker(obligations, key, terminal);
  const stderr = new OutputMasker(obligations, key, terminal);
  return { stdout, stderr, counts: () => sum([...stdout.counts, ...stderr.counts]) };
}

function sum(counts: readonly MaskCount[]): readonly MaskCount[] {
  const sums = new Map<string, MaskCount>();
  for (const count of counts) {
    const key = `${count.what} ${count.strategy}`;
    sums.set(key, { ...count, values: count.values + (sums.get(key)?.values ?? 0) });
  }
  return [...sums.values()];
}
