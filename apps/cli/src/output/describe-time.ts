import { timestampDate, type Timestamp } from '@bufbuild/protobuf/wkt';

/** "2026-11-23 16:05:09Z"; empty for none. */
export function formatTimestamp(timestamp: Timestamp | undefined): string {
  return timestamp === undefined ? '' : formatDate(timestampDate(timestamp));
}

export function formatDate(date: Date): string {
  return Number.isNaN(date.getTime())
    ? 'unknown time'
    : `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** How long until then, roughly: "2m 5s"; "expired" once it is past. */
export function formatRemaining(timestamp: Timestamp | undefined, now: Date): string {
  if (timestamp === undefined) return '';
  const ms = timestampDate(timestamp).getTime() - now.getTime();
  return ms <= 0 ? 'expired' : formatDuration(ms);
}

/** "850 µs", "12 ms", "3.2 s", "2m 5s", "3h 10m", "2d 4h". */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes}m ${Math.floor((ms % 60_000) / 1000)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}
