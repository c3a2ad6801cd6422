import { Buffer } from 'node:buffer';
import { formatClock, parseClock } from './calendar.ts';

const BYTES = 16;
const MAX_INT32 = 0x7fff_ffff;
const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;

/** interval: microseconds, days and months, written in PostgreSQL's own style ("1 year 2 mons 3 days 04:05:06"). */
export function decodeInterval(bytes: Buffer): string | null {
  if (bytes.length !== BYTES) return null;
  const micros = bytes.readBigInt64BE(0);
  const days = bytes.readInt32BE(8);
  const months = bytes.readInt32BE(12);
  if (micros === MAX_INT64 && days === MAX_INT32 && months === MAX_INT32) return 'infinity';
  if (micros === -MAX_INT64 - 1n && days === -MAX_INT32 - 1 && months === -MAX_INT32 - 1) return '-infinity';
  const parts: string[] = [];
  let before = 0;
  for (const { value, unit } of [
    { value: Math.trunc(months / 12), unit: 'year' },
    { value: months % 12, unit: 'mon' },
    { value: days, unit: 'day' },
  ]) {
    if (value === 0) continue;
    parts.push(`${before < 0 && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`);
    before = value;
  }
  if (micros !== 0n || parts.length === 0) {
    const sign = micros < 0n ? '-' : before < 0 ? '+' : '';
    parts.push(sign + formatClock(micros < 0n ? -micros : micros));
  }
  return parts.join(' ');
}

/** Reads the same style, and a bare clock time. */
export function encodeInterval(text: string): Buffer | null {
  if (text === 'infinity') return intervalBytes(MAX_INT64, MAX_INT32, MAX_INT32);
  if (text === '-infinity') return intervalBytes(-MAX_INT64 - 1n, -MAX_INT32 - 1, -MAX_INT32 - 1);
  const match =
    /^(?:([+-]?[0-9]{1,9}) years?)? ?(?:([+-]?[0-9]{1,10}) mons?)? ?(?:([+-]?[0-9]{1,10}) days?)? ?(?:([+-]?)([0-9:.]+))?$/.exec(
      text,
    );
  if (match === null || text.trim() === '') return null;
  const months = Number(match[1] ?? 0) * 12 + Number(match[2] ?? 0);
  const days = Number(match[3] ?? 0);
  const clock = match[5] === undefined ? 0n : parseClock(match[5]);
  if (clock === null || Math.abs(months) > MAX_INT32 || Math.abs(days) > MAX_INT32 || clock > MAX_INT64)
    return null;
  return intervalBytes(match[4] === '-' ? -clock : clock, days, months);
}

function intervalBytes(micros: bigint, days: number, months: number): Buffer {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeBigInt64BE(micros, 0);
  bytes.writeInt32BE(days, 8);
  bytes.writeInt32BE(months, 12);
  return bytes;
}
