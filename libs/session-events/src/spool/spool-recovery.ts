import { BODY_FIELD, readEnvelope } from '@sallyport/recording-format';
import { truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listSegments, segmentName, type OpenSessions } from './segment.ts';
import { SegmentReader } from './segment-reader.ts';

/** What a spool directory holds when it is opened. */
export interface RecoveredSpool {
  /** First positions of the segments, oldest first. */
  readonly segments: readonly number[];
  /** Position just after the last complete record. */
  readonly end: number;
  /** Sessions whose proxy was lost: opened, never closed. */
  readonly open: OpenSessions;
  /** Bytes of a torn record that were cut off. They were never reported as written. */
  readonly tornBytes: number;
}

/**
 * Makes a spool directory fit to be written to again: finds the newest segment
 * with a header, cuts a torn record off its end, and reads from it which
 * sessions are open. Older segments are not read: the newest knows.
 *
 * A torn record is what an append that never called back left behind, or what
 * came after the last fdatasync when the machine went down.
 */
export function recoverSpool(directory: string, maxEventBytes: number): RecoveredSpool {
  const segments = listSegments(directory);
  for (let base = segments.at(-1); base !== undefined; base = segments.at(-1)) {
    const found = recoverSegment(directory, base, maxEventBytes);
    if (found !== undefined) return { segments, ...found };
    // Its header never got onto the disk, so neither did any record after it.
    unlinkSync(join(directory, segmentName(base)));
    segments.pop();
  }
  return { segments, end: 0, open: new Map(), tornBytes: 0 };
}

function recoverSegment(directory: string, base: number, maxEventBytes: number) {
  const reader = new SegmentReader(directory, base, maxEventBytes);
  try {
    const header = reader.readHeader();
    if (header === 'incomplete' || header === 'damaged') return undefined;
    const open = new Map(header.open);
    const size = reader.size();
    const { end } = reader.readRecords(header.end, size, Infinity, (_record, event) => {
      noteEvent(open, event);
    });
    if (end < size) truncateSync(join(directory, segmentName(base)), end);
    return { end: base + end, open, tornBytes: size - end };
  } finally {
    reader.close();
  }
}

function noteEvent(open: Map<string, number>, event: Uint8Array): void {
  const envelope = readEnvelope(event);
  if (envelope === undefined) return;
  if (envelope.bodyField === BODY_FIELD.sessionClosed) open.delete(envelope.sessionId);
  else open.set(envelope.sessionId, envelope.sequence);
}
