import { CliError } from './cli-error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const MOST_SECONDS = 10 * 365 * 86_400;

/** Seconds of a duration like "90s", "15m", "8h", "1h30m" or "7d". Throws a usage error for any other text. */
export function parseDuration(text: string, option: string): number {
  const seconds = [...text.matchAll(/([0-9]{1,9})([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  if (!/^(?:[0-9]{1,9}[smhd])+$/.test(text) || seconds === 0 || seconds > MOST_SECONDS) {
    throw new CliError('usage', `${option} "${text}" is not a duration.`, {
      next: 'Write it like 90s, 15m, 8h, 1h30m or 7d.',
    });
  }
  return seconds;
}
