import { Failure, Span, typeName, type Outcome, type Value } from './value.ts';

/** A calendar reading of an instant, in one time zone. */
interface Calendar {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  /** Sunday is 0. */
  readonly weekday: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** Reads one field out of an instant or a length of time. */
export type FieldReader = (value: Value) => Outcome;
export type ReadCalendar = (date: Date) => Calendar;

export function utcCalendar(date: Date): Calendar {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
  };
}

/** Formats are dear to make; the most that are kept. */
const MAX_ZONES = 128;
const zones = new Map<string, ReadCalendar>();

/** A reader for an IANA zone ("Europe/Berlin") or an offset ("+02:00"); undefined where there is no such zone. */
export function zonedCalendar(zone: string): ReadCalendar | undefined {
  const known = zones.get(zone);
  const format = known === undefined ? zoneFormat(zone) : undefined;
  if (format === undefined) return known;
  const read = calendarReader(format);
  if (zones.size >= MAX_ZONES) zones.clear();
  zones.set(zone, read);
  return read;
}

function calendarReader(format: Intl.DateTimeFormat): ReadCalendar {
  return (date) => {
    const parts = new Map(format.formatToParts(date).map((part) => [part.type, part.value]));
    const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? '0');
    const [year, month, day] = [read('year'), read('month') - 1, read('day')];
    return {
      year,
      month,
      day,
      weekday: new Date(Date.UTC(year, month, day)).getUTCDay(),
      hours: read('hour'),
      minutes: read('minute'),
      seconds: read('second'),
    };
  };
}

function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (_error: unknown) {
    return undefined;
  }
}

const DATE_FIELDS: Readonly<Record<string, (calendar: Calendar) => number>> = {
  getFullYear: (calendar) => calendar.year,
  getMonth: (calendar) => calendar.month,
  getDate: (calendar) => calendar.day,
  getDayOfMonth: (calendar) => calendar.day - 1,
  getDayOfWeek: (calendar) => calendar.weekday,
  getHours: (calendar) => calendar.hours,
  getMinutes: (calendar) => calendar.minutes,
  getSeconds: (calendar) => calendar.seconds,
};

const SPAN_UNIT_MS: Readonly<Record<string, number>> = {
  getHours: 3_600_000,
  getMinutes: 60_000,
  getSeconds: 1000,
};

export function isTimeField(method: string): boolean {
  return Object.hasOwn(DATE_FIELDS, method);
}

/**
 * Reads `method` ("getHours") of a timestamp in that calendar. Of a duration,
 * getHours, getMinutes and getSeconds are the whole length in that unit.
 */
export function readTimeField(method: string, calendar: ReadCalendar): FieldReader {
  const field = DATE_FIELDS[method];
  const unitMs = SPAN_UNIT_MS[method];
  return (value) => {
    if (value instanceof Date && field !== undefined) return BigInt(field(calendar(value)));
    if (value instanceof Span && unitMs !== undefined) return BigInt(Math.trunc(value.milliseconds / unitMs));
    return new Failure(`${method}() cannot take ${typeName(value)}`);
  };
}
