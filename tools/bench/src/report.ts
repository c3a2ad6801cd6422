import type { Figure } from './figures.ts';

const DIGITS = { ratio: 3, us: 1, ms: 1, tps: 0, 'MB/s': 0, MB: 2, 'cpu-s': 2 } as const satisfies Record<
  Figure['unit'],
  number
>;

/** For people: one line for each figure. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ key, unit, spread }) => {
    const [median, min, max] = [spread.median, spread.min, spread.max].map((value) =>
      value.toFixed(DIGITS[unit]),
    );
    return [key, median ?? '', unit === 'ratio' ? '' : unit, `${min ?? ''} .. ${max ?? ''}`];
  });
  const all = [['figure', 'median', '', 'spread'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For scripts: one line. Each median under its key, and its spread under `KEY_min` and `KEY_max`. */
export function jsonLine(figures: readonly Figure[]): string {
  const entries = figures.flatMap(({ key, unit, spread }) => {
    const rounded = (value: number): number => Number(value.toFixed(DIGITS[unit]));
    return [
      [key, rounded(spread.median)],
      [`${key}_min`, rounded(spread.min)],
      [`${key}_max`, rounded(spread.max)],
    ] as const;
  });
  return JSON.stringify(Object.fromEntries(entries));
}
