import type { ColumnMask } from '../column-mask.ts';
import { DigestStream } from '../keyed/digest-stream.ts';
import { keyedHash } from '../keyed/keyed-hash.ts';
import { visibleCount } from '../strategies/visible-count.ts';

export type TemporalKind = 'date' | 'time' | 'timestamp' | 'timestamptz' | 'interval';

/** What stands for a hidden date or time. */
export const REDACTED_TEMPORAL: Readonly<Record<TemporalKind, string>> = {
  date: '1970-01-01',
  time: '00:00:00',
  timestamp: '1970-01-01 00:00:00',
  timestamptz: '1970-01-01 00:00:00+00',
  interval: '00:00:00',
};

/** How many characters of an ISO date and time end each field, and what fills up from there. */
const DATE_FIELDS: readonly (readonly [number, string])[] = [
  [19, ''],
  [16, ':00'],
  [13, ':00:00'],
  [10, ' 00:00:00'],
  [7, '-01 00:00:00'],
  [4, '-01-01 00:00:00'],
];
const TIME_FIELDS: readonly (readonly [number, string])[] = [
  [5, ':00'],
  [2, ':00:00'],
];

const ISO_DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const ISO_TIMESTAMP = /^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}/;
const ISO_TIME = /^[0-9]{2}:[0-9]{2}:[0-9]{2}/;

/**
 * Masks a date or time. Truncate keeps the leading fields that `keep`
 * characters show whole (by default the year, or the hour of a time); hash, tokenize and fake
 * give another moment between 1970 and 2069. Partial redacts: the last
 * characters of a moment are not what anyone wants to see. What is not in the
 * ISO style is redacted.
 */
export function maskTemporal(text: string, kind: TemporalKind, mask: ColumnMask): string {
  switch (mask.strategy) {
    case 'truncate':
      return truncatedTemporal(text, kind, mask);
    case 'hash':
    case 'tokenize':
    case 'fake':
      return mask.key === undefined ? REDACTED_TEMPORAL[kind] : otherTemporal(text, kind, mask.key);
    case 'redact':
    case 'partial':
    case 'null':
      return REDACTED_TEMPORAL[kind];
  }
}

function truncatedTemporal(text: string, kind: TemporalKind, mask: ColumnMask): string {
  switch (kind) {
    case 'date':
      return ISO_DATE.test(text)
        ? (leading(text, DATE_FIELDS, mask)?.slice(0, 10) ?? REDACTED_TEMPORAL.date)
        : REDACTED_TEMPORAL.date;
    case 'timestamp':
    case 'timestamptz': {
      const kept = ISO_TIMESTAMP.test(text) ? leading(text.slice(0, 19), DATE_FIELDS, mask) : undefined;
      if (kept === undefined) return REDACTED_TEMPORAL[kind];
      return kind === 'timestamp' ? kept : `${kept}+00`;
    }
    case 'time':
      return ISO_TIME.test(text)
        ? (leading(text.slice(0, 8), TIME_FIELDS, mask) ?? REDACTED_TEMPORAL.time)
        : REDACTED_TEMPORAL.time;
    case 'interval':
      return REDACTED_TEMPORAL.interval;
  }
}

function leading(
  text: string,
  fields: readonly (readonly [number, string])[],
  mask: ColumnMask,
): string | undefined {
  const visible = visibleCount(text.length, mask);
  const field = fields.find(([end]) => end <= visible);
  return field === undefined ? undefined : text.slice(0, field[0]) + field[1];
}

const DAYS = 36_525;
const SECONDS_PER_DAY = 86_400;

function otherTemporal(text: string, kind: TemporalKind, key: Uint8Array): string {
  const stream = new DigestStream(keyedHash(key), `temporal.${kind}`, text);
  const drawn = drawTemporal(stream, kind);
  return drawn === text ? drawTemporal(stream, kind) : drawn;
}

function drawTemporal(stream: DigestStream, kind: TemporalKind): string {
  const seconds = stream.below(DAYS) * SECONDS_PER_DAY + stream.below(SECONDS_PER_DAY);
  const iso = new Date(seconds * 1000).toISOString();
  const date = iso.slice(0, 10);
  const time = iso.slice(11, 19);
  switch (kind) {
    case 'date':
      return date;
    case 'time':
    case 'interval':
      return time;
    case 'timestamp':
      return `${date} ${time}`;
    case 'timestamptz':
      return `${date} ${time}+00`;
  }
}
