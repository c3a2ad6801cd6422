import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodePart, encodePart } from '../nats/batch-part.ts';
import { PartialEvents, type PartMessage } from './partial-events.ts';

function partOf(index: number, count: number, streamSequence = index, said: string[] = []): PartMessage {
  return {
    sessionId: 'a',
    part: { sequence: 7, index, count },
    data: Buffer.from(`<${index}>`),
    streamSequence,
    ack: () => said.push(`ack ${streamSequence}`),
    reject: () => said.push(`reject ${streamSequence}`),
    later: () => said.push(`later ${streamSequence}`),
  };
}

describe('PartialEvents', () => {
  it('joins the parts of an event in order, in whatever order and however often they come', () => {
    const arrivals = fc.shuffledSubarray([1, 2, 3, 1, 2, 3, 1], { minLength: 3 });
    fc.assert(
      fc.property(arrivals, (order) => {
        const partial = new PartialEvents(1000);
        const joined = order.flatMap((index) => partial.add(partOf(index, 3)) ?? []);
        if (new Set(order).size === 3)
          expect(Buffer.from(joined[0]?.record ?? []).toString()).toBe('<1><2><3>');
        else expect(joined).toEqual([]);
      }),
    );
  });

  it('settles every message that brought a part, and each delivery once', () => {
    const said: string[] = [];
    const partial = new PartialEvents(1000);
    partial.add(partOf(1, 2, 10, said));
    partial.add(partOf(1, 2, 10, said)); // delivered again
    partial.add(partOf(1, 2, 11, said)); // published again
    const joined = partial.add(partOf(2, 2, 12, said));
    expect(joined).toMatchObject({ streamSequence: 10, streamMessages: 3 });
    joined?.ack();
    expect(said).toEqual(['ack 10', 'ack 11', 'ack 12']);
    expect(partial.count('a')).toBe(0);
  });

  it('does not mix events, nor an event with one of another number of parts', () => {
    const partial = new PartialEvents(1000);
    partial.add(partOf(1, 2));
    expect(partial.add({ ...partOf(2, 2), part: { sequence: 8, index: 2, count: 2 } })).toBeUndefined();
    expect(partial.add(partOf(2, 3))).toBeUndefined();
    expect(partial.add({ ...partOf(2, 2), sessionId: 'b' })).toBeUndefined();
    expect(partial.count('a')).toBe(3);
  });

  it('lets the set go that was begun first when there is no room, without settling it', () => {
    const said: string[] = [];
    const partial = new PartialEvents(5);
    partial.add(partOf(1, 2, 1, said));
    partial.add({ ...partOf(1, 2, 2, said), sessionId: 'b' });
    expect([partial.count('a'), partial.count('b'), said]).toEqual([0, 1, []]);
  });

  it('gives up what will not be completed', () => {
    const said: string[] = [];
    const partial = new PartialEvents(1000);
    partial.add(partOf(1, 2, 5, said));
    partial.discard('a');
    expect([said, partial.count('a')]).toEqual([['reject 5'], 0]);
  });
});

describe('the header of a part', () => {
  it('reads what it writes, and nothing else', () => {
    expect(decodePart(encodePart({ sequence: 12, index: 3, count: 5 }))).toEqual({
      sequence: 12,
      index: 3,
      count: 5,
    });
    for (const header of [
      '',
      '1:0/2',
      '1:3/2',
      '0:1/2',
      '1:1/9999',
      '1:1',
      'x:1/2',
      '1:1/2 ',
      '99999999999999999:1/2',
    ]) {
      expect(decodePart(header)).toBeUndefined();
    }
  });
});
