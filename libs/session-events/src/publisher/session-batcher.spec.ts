import { describe, expect, it } from '@jest/globals';
import { readEnvelope } from '@sallyport/recording-format';
import { readRecord, recordHeader } from '../spool/spool-record.ts';
import { SessionSource } from '../testing/session-source.ts';
import { decodeBatch } from './event-batch.ts';
import { SessionBatcher } from './session-batcher.ts';

/** Records as they lie in a part of the spool that was read at once. */
function readTogether(events: readonly { readonly parts: readonly Uint8Array[] }[]): [Buffer, number[]] {
  const records = events.map(({ parts }) => {
    const event = Buffer.concat(parts);
    return Buffer.concat([recordHeader([event], event.length), event]);
  });
  const ends = records.map((_, index) =>
    records.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0),
  );
  return [Buffer.concat(records), ends];
}

function batch(events: readonly { readonly parts: readonly Uint8Array[] }[], maxBytes = 1e6) {
  const [bytes, ends] = readTogether(events);
  const batcher = new SessionBatcher(maxBytes);
  ends.forEach((end, index) => {
    const start = ends[index - 1] ?? 0;
    const record = readRecord(bytes, start, 1e9);
    if (typeof record === 'string') throw new Error(record);
    expect(batcher.add(bytes.subarray(start, end), record.event)).toBe(true);
  });
  return { bytes, batches: batcher.take() };
}

describe('SessionBatcher', () => {
  it('publishes records of a session that lie one after the other from where they are', () => {
    const session = new SessionSource('a');
    const { bytes, batches } = batch([10, 2000, 30].map((size) => session.output(size)));
    expect(batches).toMatchObject([{ sessionId: 'a', firstSequence: 1, lastSequence: 3 }]);
    expect(batches[0]?.payload.buffer).toBe(bytes.buffer);
    expect(Buffer.from(batches[0]?.payload ?? []).equals(bytes)).toBe(true);
  });

  it('gathers those of sessions that take turns, each in order', () => {
    const [a, b] = [new SessionSource('a'), new SessionSource('b')];
    const { batches } = batch([a.output(10), b.output(20), a.output(30), a.output(40), b.output(50)]);
    const held = batches.map(({ sessionId, payload }) => [
      sessionId,
      decodeBatch(payload).map((event) => readEnvelope(event)?.sequence),
    ]);
    expect(held).toEqual([
      ['a', [1, 2, 3]],
      ['b', [1, 2]],
    ]);
    expect(batches.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence])).toEqual([
      [1, 3],
      [1, 2],
    ]);
  });

  it('begins another message when one is full, and takes nothing twice', () => {
    const session = new SessionSource('a');
    const { batches } = batch(
      Array.from({ length: 9 }, () => session.output(100)),
      600,
    );
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.reduce((sum, { payload }) => sum + decodeBatch(payload).length, 0)).toBe(9);
    expect(batches.map(({ firstSequence }) => firstSequence)).toEqual(
      batches.map((_, index) => (index === 0 ? 1 : (batches[index - 1]?.lastSequence ?? 0) + 1)),
    );
  });
});
