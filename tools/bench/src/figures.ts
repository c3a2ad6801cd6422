import { spreadOf, type Spread } from './statistics.ts';

/** One figure of the report. */
export interface Figure {
  /** `protocol.case.clients.measure`, as scripts match it. */
  readonly key: string;
  readonly spread: Spread;
  /** For people: what it is a figure of. */
  readonly unit: 'ratio' | 'us' | 'tps' | 'ms' | 'MB/s' | 'MB' | 'cpu-s';
}

/** A figure over the rounds of one case. */
export function figure(key: string, unit: Figure['unit'], values: readonly number[]): Figure {
  return { key, unit, spread: spreadOf(values) };
}
