import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChannelSender } from './channel-sender.ts';
import { OrderedLane } from './ordered-lane.ts';
import { ReceiveWindow } from './receive-window.ts';

function sender(window: number, maxPacket: number) {
  const sent: (string | number)[] = [];
  let credited = 0;
  const port = {
    send: (payload: Uint8Array) => sent.push(Buffer.from(payload).toString()),
    sendParts: (_head: Uint8Array, data: Uint8Array) => sent.push(data.length),
  };
  const made = new ChannelSender(port, 1, { window, maxPacket }, (bytes) => {
    credited += bytes;
  });
  return { made, sent, credited: () => credited };
}

describe('ChannelSender', () => {
  it('never sends more than the window and the packet size allow, and loses nothing', () => {
    const step = fc.oneof(
      fc.record({ data: fc.integer({ min: 0, max: 200 }) }),
      fc.record({ adjust: fc.integer({ min: 0, max: 200 }) }),
    );
    fc.assert(
      fc.property(
        fc.array(step),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 64 }),
        (steps, window, max) => {
          const { made, sent, credited } = sender(window, max);
          let granted = window;
          let given = 0;
          for (const each of steps) {
            if ('data' in each) {
              given += each.data;
              made.data(Buffer.alloc(each.data), null);
            } else {
              granted += each.adjust;
              made.adjust(each.adjust);
            }
            const total = sent.reduce<number>((sum, count) => sum + Number(count), 0);
            expect(total).toBe(Math.min(granted, given));
            expect(credited()).toBe(total);
          }
          expect(sent.every((count) => Number(count) <= max)).toBe(true);
        },
      ),
    );
  });

  it('keeps messages in their places between data that waits', () => {
    const { made, sent } = sender(4, 100);
    made.data(Buffer.alloc(6), null);
    made.message(Buffer.from('eof'));
    expect(sent).toEqual([4]);
    made.adjust(2);
    expect(sent).toEqual([4, 2, 'eof']);
  });

  it('forgets data for a peer that takes no more, and gives its bytes back to where they came from', () => {
    const { made, sent, credited } = sender(0, 100);
    made.data(Buffer.alloc(6), null);
    made.message(Buffer.from('close'));
    made.dropData();
    expect([sent, credited()]).toEqual([['close'], 6]);
  });

  it('takes no window larger than there can be, and not every message without end', () => {
    const { made } = sender(0xffff_ffff, 100);
    expect(made.adjust(1)).toBe(false);
    const full = sender(0, 100).made;
    full.data(Buffer.alloc(1), null);
    let taken = 0;
    while (full.message(Buffer.from('x')) && taken < 100_000) taken++;
    expect(taken).toBe(4096);
  });
});

describe('ReceiveWindow', () => {
  it('gives back exactly what was handed on, and notices more than was given', () => {
    const window = new ReceiveWindow(100);
    expect(window.take(100)).toBe(true);
    expect(window.due()).toBe(0);
    window.handedOn(30);
    expect([window.due(), window.due()]).toEqual([30, 0]);
    expect([window.take(30), window.take(1)]).toEqual([true, false]);
  });
});

describe('OrderedLane', () => {
  it('lets things go in the order in which they came, whenever they become ready', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 20 }), fc.infiniteStream(fc.nat()), (kinds, picks) => {
        const lane = new OrderedLane();
        const gone: number[] = [];
        const waiting: (() => void)[] = [];
        kinds.forEach((waits, index) => {
          const go = () => gone.push(index);
          if (!waits) {
            lane.pass(go);
            return;
          }
          const ready = lane.wait();
          waiting.push(() => {
            ready(go);
          });
        });
        while (waiting.length > 0) waiting.splice((picks.next().value ?? 0) % waiting.length, 1)[0]?.();
        expect(gone).toEqual(kinds.map((_, index) => index));
        expect(lane.isEmpty).toBe(true);
      }),
    );
  });
});
