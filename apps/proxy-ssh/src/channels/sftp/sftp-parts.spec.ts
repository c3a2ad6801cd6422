import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ContentDigest } from './content-digest.ts';
import { CreditLedger } from './credit-ledger.ts';
import { CreditedFramer } from './credited-framer.ts';
import { NameChanges } from './name-changes.ts';
import { RequestOrder } from './request-order.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a content digest', () => {
  it('is of content from one place on, and keeps no more of it than it may', () => {
    const digest = new ContentDigest(4);
    const kept = [digest.take(0n, Buffer.from('abc')), digest.take(3n, Buffer.from('def'))];
    expect(kept.map(String)).toEqual(['abc', 'd']);
    expect(digest.summary('read')).toBe(`sha256:${sha256('abcdef')} read 6`);
    const resumed = new ContentDigest(0);
    resumed.take(100n, Buffer.from('x'));
    expect(resumed.summary('written')).toBe(`sha256:${sha256('x')} written 1 from 100`);
  });

  it('claims nothing of content with gaps, of what was changed elsewhere, or of another length', () => {
    const gap = new ContentDigest(10);
    gap.take(0n, Buffer.from('a'));
    expect(gap.take(2n, Buffer.from('b'))).toHaveLength(0);
    const [cut, disturbed, same] = [new ContentDigest(0), new ContentDigest(0), new ContentDigest(0)];
    for (const each of [cut, disturbed, same]) each.take(0n, Buffer.from('ab'));
    cut.setLength(1n);
    disturbed.disturb();
    same.setLength(2n);
    expect([gap, cut, disturbed].map((each) => each.summary('read'))).toEqual(
      Array(3).fill('read 2 not in sequence'),
    );
    expect(same.summary('read')).toBe(`sha256:${sha256('ab')} read 2`);
    expect(new ContentDigest(0).summary('read')).toBeNull();
  });
});

describe('a credit ledger', () => {
  it('gives back what was paid for, once it is out, however the bytes go out', () => {
    const given: number[] = [];
    const ledger = new CreditLedger((bytes) => given.push(bytes));
    ledger.expect(10, 7);
    ledger.expect(5, 0);
    ledger.expect(3, 3);
    for (const bytes of [4, 5, 2, 4, 3]) ledger.sent(bytes);
    expect(given).toEqual([7, 3]);
  });
});

describe('a framer with credits', () => {
  it('gives each byte back once, also of a packet that is longer than any window', () => {
    let given = 0;
    const framer = new CreditedFramer((bytes) => (given += bytes));
    const packet = Buffer.concat([Buffer.from([0, 0, 0x10, 0]), Buffer.alloc(0x1000, 1)]);
    const stream = Buffer.concat([packet, packet]);
    let packets = 0;
    for (let at = 0; at < stream.length; at += 777) {
      framer.push(stream.subarray(at, at + 777));
      while (framer.next() !== null) {
        packets++;
        given += framer.credit;
      }
      expect(given).toBe(Math.min(stream.length, at + 777));
    }
    expect(packets).toBe(2);
  });
});

describe('the order of requests', () => {
  it('has a refusal wait for answers to what came before it, and for no others', () => {
    const order = new RequestOrder();
    const said: string[] = [];
    const first = order.sent();
    order.behind(() => said.push('refusal'));
    const second = order.sent();
    second();
    order.release();
    expect(said).toEqual([]);
    first();
    order.release();
    order.behind(() => said.push('at once'));
    expect(said).toEqual(['refusal', 'at once']);
  });
});

describe('changes of names', () => {
  it('are waited for by what comes after them, not by what came before', async () => {
    const changes = new NameChanges();
    await changes.settled();
    const over = changes.begin();
    let looked = false;
    const later = changes.settled().then(() => (looked = true));
    await Promise.resolve();
    expect(looked).toBe(false);
    over();
    await later;
    expect(looked).toBe(true);
  });
});
