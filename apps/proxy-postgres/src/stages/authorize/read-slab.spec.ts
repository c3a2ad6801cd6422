import { describe, expect, it } from '@jest/globals';
import { ReadSlab } from './read-slab.ts';

const drained = () => true;
const waiting = () => false;

/** Reads that fill their room, until the slabs have their largest size; the memory of each further read. */
function readsOf(slab: ReadSlab, isDrained: () => boolean, count: number, kept: (read: number) => boolean) {
  const memories: ArrayBufferLike[] = [];
  for (let read = 0; read < count; read += 1) {
    const room = slab.next(isDrained);
    slab.take(room, room.length);
    if (kept(read)) slab.keep();
    memories.push(room.buffer);
  }
  return memories.slice(8);
}

describe('ReadSlab', () => {
  it('reads a stream of rows into two slabs in turns', () => {
    const memories = readsOf(new ReadSlab(), drained, 20, () => false);
    expect(new Set(memories).size).toBe(2);
    expect(memories[0]).not.toBe(memories[1]);
  });

  it('never writes into a slab of which something has not left', () => {
    expect(new Set(readsOf(new ReadSlab(), waiting, 20, () => false)).size).toBe(12);
  });

  it('never writes into a slab of which something was kept', () => {
    expect(new Set(readsOf(new ReadSlab(), drained, 20, () => true)).size).toBe(12);
    const every = readsOf(new ReadSlab(), drained, 20, (read) => read === 12);
    // The slab of read 12 does not come again, and another takes its place.
    expect(every.slice(5)).not.toContain(every[4]);
    expect(new Set(every).size).toBe(3);
  });

  it('does not use a slab again for small reads, so that little memory is held for a quiet session', () => {
    const slab = new ReadSlab();
    const seen = new Set<ArrayBufferLike>();
    for (let read = 0; read < 400; read += 1) {
      const room = slab.next(drained);
      slab.take(room, 100);
      seen.add(room.buffer);
      expect(room.buffer.byteLength).toBe(16 * 1024);
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});
