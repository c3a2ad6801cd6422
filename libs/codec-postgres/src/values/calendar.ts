/** Days and dates of the proleptic Gregorian calendar, and clock times, as PostgreSQL counts and writes them. */

/** A date; years before 1 are 0, -1, ... here and 1 BC, 2 BC, ... in text. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days from 0000-03-01 to 2000-01-01. */
const EPOCH_SHIFT = 730_425;
const DAYS_PER_ERA = 146_097;

/** Days since 2000-01-01. */
export function daysFromCivil({ year, month, day }: CivilDate): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_SHIFT;
}

export function civilFromDays(days: number): CivilDate {
  const shifted = days + EPOCH_SHIFT;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** "2026-11-23", and whether the year is before Christ, which goes to the end of a whole timestamp. */
export function formatDate(date: CivilDate): { readonly text: string; readonly era: '' | ' BC' } {
  const before = date.year <= 0;
  const year = (before ? 1 - date.year : date.year).toString().padStart(4, '0');
  return { text: `${year}-${two(date.month)}-${two(date.day)}`, era: before ? ' BC' : '' };
}

/** @returns null for a day that does not exist */
export function parseDate(text: string): CivilDate | null {
  const match = /^([0-9]{4,7})-([0-9]{2})-([0-9]{2})( BC)?$/.exec(text);
  if (match === null) return null;
  const written = Number(match[1]);
  const date = {
    year: match[4] === undefined ? written : 1 - written,
    month: Number(match[2]),
    day: Number(match[3]),
  };
  const again = civilFromDays(daysFromCivil(date));
  const exists = again.year === date.year && again.month === date.month && again.day === date.day;
  return exists && written > 0 ? date : null;
}

export const MICROS_PER_SECOND = 1_000_000n;
export const MICROS_PER_DAY = 86_400n * MICROS_PER_SECOND;

/** "04:05:06.789" of microseconds; hours may go past 24 in an interval. */
export function formatClock(micros: bigint): string {
  const seconds = micros / MICROS_PER_SECOND;
  const fraction = (micros % MICROS_PER_SECOND).toString().padStart(6, '0').replace(/0+$/, '');
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return fraction === '' ? clock : `${clock}.${fraction}`;
}

/** Microseconds of "04:05:06.789"; null for what is not one. */
export function parseClock(text: string): bigint | null {
  const match = /^([0-9]{2,10}):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?$/.exec(text);
  if (match === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  const total = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  return total * MICROS_PER_SECOND + BigInt(fraction.padEnd(6, '0'));
}

function two(value: number | bigint): string {
  return value.toString().padStart(2, '0');
}
