import { describe, expect, it } from '@jest/globals';
import { ReplyQueue, type ReplySlot } from './reply-slot.ts';

const slot = (kind: 'parse' | 'bind' | 'close'): ReplySlot => ({
  kind,
  own: false,
  run: null,
  refusal: null,
  done: null,
  dropped: null,
});
const sync: ReplySlot = { kind: 'sync', own: false };
const execute: ReplySlot = { kind: 'execute', run: null, portal: null, own: null, done: null };

describe('ReplyQueue', () => {
  it('skips after an error what the server skips: up to the next Sync, also what is sent later', () => {
    const dropped: string[] = [];
    const queue = new ReplyQueue(({ kind }) => dropped.push(kind));
    queue.push(slot('parse'));
    queue.push(slot('bind'));
    queue.skipToSync();
    queue.push(execute);
    queue.push(sync);
    queue.push(slot('close'));
    expect(dropped).toEqual(['parse', 'bind', 'execute']);
    expect(queue.head).toBe(sync);
    expect(queue.length).toBe(2);
  });

  it('stops skipping at a Sync that was sent already', () => {
    const queue = new ReplyQueue(() => undefined);
    queue.push(slot('parse'));
    queue.push(sync);
    queue.push(slot('bind'));
    queue.skipToSync();
    expect(queue.head).toBe(sync);
    expect(queue.length).toBe(2);
  });

  it('drops the Syncs that a server ignores while it waits for COPY data, and only those', () => {
    const queue = new ReplyQueue(() => undefined);
    for (const each of [execute, sync, sync, slot('parse'), sync]) queue.push(each);
    queue.dropSyncsBehindHead();
    expect(queue.length).toBe(3);
    expect(queue.head).toBe(execute);
  });

  it('stays in order over any number of slots', () => {
    const queue = new ReplyQueue(() => undefined);
    for (let round = 0; round < 5000; round++) {
      queue.push({ kind: 'sync', own: round % 2 === 0 });
      queue.push(execute);
      expect(queue.head).toEqual({ kind: 'sync', own: round % 2 === 0 });
      queue.shift();
      queue.shift();
    }
    expect(queue.length).toBe(0);
  });
});
