import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'acked.json';

/**
 * How far JetStream has the spool. Written now and then, never synced: what it
 * is behind by is published again, and taken once (JetStream by message id,
 * the recorder by session and sequence).
 */
export interface Watermark {
  /** Every record before this position was acknowledged. */
  readonly position: number;
  /** The stream's sequence of the newest message acknowledged; smaller in the stream: it has lost some. */
  readonly streamSequence: number;
  /** The NATS server that acknowledged; another one, or the same started again, may have lost what was not synced. */
  readonly serverId: string;
}

/** The watermark in `directory`; undefined when there is none that can be read, which is the same as nothing acknowledged. */
export function readWatermark(directory: string): Watermark | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(directory, NAME), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('position' in value) || !('streamSequence' in value) || !('serverId' in value)) return undefined;
  const { position, streamSequence, serverId } = value;
  if (!isCount(position) || !isCount(streamSequence) || typeof serverId !== 'string') return undefined;
  return { position, streamSequence, serverId };
}

/** Replaces the watermark, atomically. */
export function writeWatermark(directory: string, watermark: Watermark): void {
  const path = join(directory, NAME);
  writeFileSync(`${path}.new`, JSON.stringify(watermark));
  renameSync(`${path}.new`, path);
}

/**
 * The acknowledged position of a spool that ends at `end`. A watermark beyond
 * the end counts for records that are gone; it is taken back on disk as well,
 * before new records can come to lie below it and pass for acknowledged.
 */
export function recoverWatermark(directory: string, end: number): number {
  const watermark = readWatermark(directory);
  if (watermark === undefined || watermark.position <= end) return watermark?.position ?? 0;
  writeWatermark(directory, { ...watermark, position: end });
  return end;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
