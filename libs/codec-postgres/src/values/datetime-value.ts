/** date, time, timetz, timestamp and timestamptz: text in the ISO style, binary as *_send writes them. */
import { Buffer } from 'node:buffer';
import {
  civilFromDays,
  daysFromCivil,
  formatClock,
  formatDate,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  parseClock,
  parseDate,
} from './calendar.ts';

const DATE_INFINITY = 0x7fff_ffff;
const TIMESTAMP_INFINITY = 0x7fff_ffff_ffff_ffffn;
/** 4714-11-24 BC, the first day of the Julian calendar count, and the days after the last date and timestamp. */
const FIRST_DAY = -2_451_545;
const DATE_END = 2_145_031_949;
const TIMESTAMP_END_DAY = 106_751_983n;

export function decodeDate(bytes: Buffer): string | null {
  if (bytes.length !== 4) return null;
  const days = bytes.readInt32BE(0);
  if (days === DATE_INFINITY) return 'infinity';
  if (days === -DATE_INFINITY - 1) return '-infinity';
  const { text, era } = formatDate(civilFromDays(days));
  return text + era;
}

export function encodeDate(text: string): Buffer | null {
  const bytes = Buffer.alloc(4);
  if (text === 'infinity' || text === '-infinity') {
    bytes.writeInt32BE(text === 'infinity' ? DATE_INFINITY : -DATE_INFINITY - 1);
    return bytes;
  }
  const date = parseDate(text);
  const days = date === null ? null : daysFromCivil(date);
  if (days === null || days < FIRST_DAY || days >= DATE_END) return null;
  bytes.writeInt32BE(days);
  return bytes;
}

export function decodeTime(bytes: Buffer): string | null {
  return bytes.length === 8 ? clockOfDay(bytes.readBigInt64BE(0)) : null;
}

export function encodeTime(text: string): Buffer | null {
  const micros = parseClock(text);
  if (micros === null || micros > MICROS_PER_DAY) return null;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(micros);
  return bytes;
}

/** timetz carries its zone as seconds west of Greenwich. */
export function decodeTimeTz(bytes: Buffer): string | null {
  if (bytes.length !== 12) return null;
  const clock = clockOfDay(bytes.readBigInt64BE(0));
  return clock === null ? null : clock + formatZone(-bytes.readInt32BE(8));
}

export function encodeTimeTz(text: string): Buffer | null {
  const match = /^([0-9:.]+)(Z|[+-][0-9:]+)?$/.exec(text);
  const time = match?.[1] === undefined ? null : encodeTime(match[1]);
  const east = parseZone(match?.[2]);
  if (time === null || east === null) return null;
  const zone = Buffer.alloc(4);
  zone.writeInt32BE(-east);
  return Buffer.concat([time, zone]);
}

/** Both kinds of timestamp count microseconds from 2000-01-01; timestamptz in UTC, and is written in UTC here. */
export function decodeTimestamp(bytes: Buffer, zone: '' | '+00'): string | null {
  if (bytes.length !== 8) return null;
  const micros = bytes.readBigInt64BE(0);
  if (micros === TIMESTAMP_INFINITY) return 'infinity';
  if (micros === -TIMESTAMP_INFINITY - 1n) return '-infinity';
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  const { text, era } = formatDate(civilFromDays(Number((micros - ofDay) / MICROS_PER_DAY)));
  return `${text} ${formatClock(ofDay)}${zone}${era}`;
}

/** @param zoned whether a zone in the text counts (timestamptz) or is left out of account (timestamp) */
export function encodeTimestamp(text: string, zoned: boolean): Buffer | null {
  const micros = text === 'infinity' || text === '-infinity' ? infinityOf(text) : momentOf(text, zoned);
  if (micros === null) return null;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(micros);
  return bytes;
}

function infinityOf(text: 'infinity' | '-infinity'): bigint {
  return text === 'infinity' ? TIMESTAMP_INFINITY : -TIMESTAMP_INFINITY - 1n;
}

function momentOf(text: string, zoned: boolean): bigint | null {
  const match = /^([0-9]+-[0-9]{2}-[0-9]{2})[ T]([0-9:.]+)(Z|[+-][0-9:]+)?( BC)?$/.exec(text);
  const [, day = '', clock = '', zone, era = ''] = match ?? [];
  const date = parseDate(day + era);
  const ofDay = parseClock(clock);
  const east = parseZone(zone);
  if (date === null || ofDay === null || east === null || ofDay > MICROS_PER_DAY) return null;
  const days = BigInt(daysFromCivil(date));
  if (days < BigInt(FIRST_DAY) || days >= TIMESTAMP_END_DAY) return null;
  return days * MICROS_PER_DAY + ofDay - (zoned ? BigInt(east) * MICROS_PER_SECOND : 0n);
}

function clockOfDay(micros: bigint): string | null {
  return micros < 0n || micros > MICROS_PER_DAY ? null : formatClock(micros);
}

/** "+05:30" of seconds east of Greenwich; minutes and seconds only where there are any. */
function formatZone(east: number): string {
  const size = Math.abs(east);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
  return (east < 0 ? '-' : '+') + parts.map((part) => part.toString().padStart(2, '0')).join(':');
}

/** Seconds east of Greenwich; none is UTC, as masks write it. */
function parseZone(text: string | undefined): number | null {
  if (text === undefined || text === 'Z') return 0;
  const match = /^([+-])([0-9]{2})(?::?([0-5][0-9]))?(?::([0-5][0-9]))?$/.exec(text);
  if (match === null || Number(match[2]) > 15) return null;
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -seconds : seconds;
}
