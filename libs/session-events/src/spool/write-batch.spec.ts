import { describe, expect, it } from '@jest/globals';
import { readRecord } from './spool-record.ts';
import { WriteBatch } from './write-batch.ts';

const record = (fill: number, bytes: number) => Buffer.alloc(bytes, fill);

function written(batch: WriteBatch): Buffer {
  return Buffer.concat(batch.parts());
}

function recordsIn(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const next = readRecord(bytes, at, 1_000_000);
    if (typeof next === 'string') throw new Error(`a ${next} record at ${at}`);
    found.push(Buffer.from(next.event));
    at = next.end;
  }
  return found;
}

describe('WriteBatch', () => {
  it('keeps records of all sizes in order, whole, and says how long they are', () => {
    const batch = new WriteBatch();
    const sizes = [1, 400, 8192, 8193, 10, 100_000, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 20];
    const records = sizes.map((size, index) => record(index + 1, size));
    for (const each of records) batch.add([each.subarray(0, 1), each.subarray(1)], each.length);
    const bytes = written(batch);
    expect(bytes.length).toBe(batch.byteLength);
    expect(recordsIn(bytes).map((each) => each.equals(records.shift() ?? Buffer.alloc(0)))).toEqual(
      sizes.map(() => true),
    );
  });

  it('is empty after clear, and takes the same room again', () => {
    const batch = new WriteBatch();
    batch.add([record(1, 300)], 300);
    batch.clear();
    expect(batch.parts()).toEqual([]);
    batch.add([record(2, 5)], 5);
    expect(recordsIn(written(batch))).toEqual([record(2, 5)]);
    expect(batch.parts()).toHaveLength(1);
  });

  it('makes one piece of small records', () => {
    const batch = new WriteBatch();
    for (let index = 0; index < 50; index += 1) batch.add([record(index, 500)], 500);
    expect(batch.parts()).toHaveLength(1);
  });
});
