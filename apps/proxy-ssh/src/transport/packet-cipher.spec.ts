import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ChachaOpener, ChachaSealer, GcmOpener, GcmSealer } from './fast-ciphers.ts';
import type { PacketOpener, PacketSealer } from './packet-cipher.ts';
import { poly1305, preparePoly1305 } from './poly1305.ts';

beforeAll(() => preparePoly1305());

interface Pair {
  readonly sealer: PacketSealer;
  readonly opener: PacketOpener;
  readonly wire: () => Buffer;
  readonly got: Buffer[];
}

const KINDS: Readonly<
  Record<
    string,
    (write: (bytes: Buffer) => void, take: (payload: Buffer) => unknown) => [PacketSealer, PacketOpener]
  >
> = {
  'AES-128-GCM': (write, take) => gcm('aes-128-gcm', 16, write, take),
  'AES-256-GCM': (write, take) => gcm('aes-256-gcm', 32, write, take),
  'chacha20-poly1305': (write, take) => {
    const keys = randomBytes(64);
    return [new ChachaSealer(5, keys, write), new ChachaOpener(5, keys, take)];
  },
};

function gcm(
  name: 'aes-128-gcm' | 'aes-256-gcm',
  keyBytes: number,
  write: (bytes: Buffer) => void,
  take: (payload: Buffer) => unknown,
): [PacketSealer, PacketOpener] {
  // The last byte but one is about to carry over.
  const keys = { name, key: randomBytes(keyBytes), iv: Buffer.from('0102030400000000000000fe', 'hex') };
  return [new GcmSealer(5, keys, write), new GcmOpener(5, keys, take)];
}

function pair(kind: string): Pair {
  const pieces: Buffer[] = [];
  const got: Buffer[] = [];
  const make = KINDS[kind];
  if (make === undefined) throw new Error(kind);
  const [sealer, opener] = make(
    (bytes) => pieces.push(Buffer.from(bytes)),
    (payload) => {
      got.push(Buffer.from(payload));
      return undefined;
    },
  );
  return { sealer, opener, got, wire: () => Buffer.concat(pieces) };
}

const NONE = new Uint8Array();

describe.each(Object.keys(KINDS))('%s', (kind) => {
  it('opens what it sealed, whatever its length', () => {
    const { sealer, opener, got, wire } = pair(kind);
    const payloads = [1, 2, 7, 8, 9, 15, 16, 17, 31, 1000, 32_777, 131_085].map((size) => randomBytes(size));
    for (const payload of payloads) sealer.seal(payload.subarray(0, 1), payload.subarray(1));
    const all = wire();
    opener.decrypt(all, 0, all.length);
    expect(got.map((each) => each.toString('hex'))).toEqual(payloads.map((each) => each.toString('hex')));
    expect(opener.inSeqno).toBe(5 + payloads.length);
  });

  it('opens packets that come in two pieces, wherever they are cut, and byte by byte', () => {
    const { sealer, wire } = pair(kind);
    sealer.seal(Buffer.from('first'), NONE);
    sealer.seal(Buffer.from('the second'), NONE);
    expect(wire().length % 4).toBe(0);
    for (let cut = 0; cut < wire().length; cut++) {
      const cutPair = pair(kind);
      cutPair.sealer.seal(Buffer.from('first'), NONE);
      cutPair.sealer.seal(Buffer.from('the second'), NONE);
      const all = cutPair.wire();
      cutPair.opener.decrypt(all, 0, cut);
      cutPair.opener.decrypt(all, cut, all.length);
      expect(cutPair.got.map(String)).toEqual(['first', 'the second']);
    }
    const slow = pair(kind);
    slow.sealer.seal(Buffer.from('first'), NONE);
    slow.sealer.seal(Buffer.from('the second'), NONE);
    const all = slow.wire();
    for (let at = 0; at < all.length; at++) slow.opener.decrypt(Buffer.from([all[at] ?? 0]), 0, 1);
    expect(slow.got.map(String)).toEqual(['first', 'the second']);
  });

  it('neither keeps nor changes what it is given', () => {
    const { sealer, opener, got, wire } = pair(kind);
    sealer.seal(Buffer.from('first'), NONE);
    sealer.seal(Buffer.from('second'), NONE);
    const all = wire();
    const before = Buffer.from(all);
    const memory = Buffer.alloc(16);
    for (let at = 0; at < all.length; at += 16) {
      const count = all.copy(memory, 0, at, at + 16);
      opener.decrypt(memory, 0, count);
      memory.fill(0xee);
    }
    expect(got.map(String)).toEqual(['first', 'second']);
    expect(all.equals(before)).toBe(true);
  });

  it('refuses a packet with any bit changed', () => {
    const length = (() => {
      const { sealer, wire } = pair(kind);
      sealer.seal(Buffer.from('a message'), NONE);
      return wire().length;
    })();
    for (let at = 0; at < length; at++) {
      const { sealer, opener, got, wire } = pair(kind);
      sealer.seal(Buffer.from('a message'), NONE);
      const all = wire();
      all[at] = (all[at] ?? 0) ^ 1;
      const attempt = () => {
        opener.decrypt(all, 0, all.length);
        // A longer length makes it wait for the rest.
        opener.decrypt(Buffer.alloc(300_000), 0, 300_000);
      };
      expect(attempt).toThrow();
      expect(got).toEqual([]);
    }
  });

  it('refuses a packet that comes again, and one that comes too early', () => {
    for (const order of [[0, 0], [1]]) {
      const { sealer, opener, got, wire } = pair(kind);
      sealer.seal(Buffer.from('same length 1'), NONE);
      const first = wire();
      sealer.seal(Buffer.from('same length 2'), NONE);
      const packets = [first, wire().subarray(first.length)];
      const replay = () => {
        for (const index of order) {
          const packet = packets[index] ?? Buffer.alloc(0);
          opener.decrypt(packet, 0, packet.length);
          opener.decrypt(Buffer.alloc(300_000), 0, 300_000);
        }
      };
      expect(replay).toThrow();
      expect(got.length).toBeLessThan(order.length);
    }
  });

  it('stops where a listener says so', () => {
    const pieces: Buffer[] = [];
    const make = KINDS[kind];
    if (make === undefined) throw new Error(kind);
    const [sealer, opener] = make(
      (bytes) => pieces.push(Buffer.from(bytes)),
      () => false,
    );
    sealer.seal(Buffer.from('keys change after this'), NONE);
    const end = Buffer.concat(pieces).length;
    sealer.seal(Buffer.from('this is for another opener'), NONE);
    const all = Buffer.concat(pieces);
    expect(opener.decrypt(all, 0, all.length)).toBe(end);
  });
});

describe('poly1305', () => {
  it('gives the tag of RFC 8439, 2.5.2', () => {
    const key = Buffer.from('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b', 'hex');
    const text = Buffer.from('Cryptographic Forum Research Group');
    const tag = 'a8061dc1305136c6c22b8baf0c0127a9';
    expect(poly1305(key, text.subarray(0, 4), text.subarray(4)).toString('hex')).toBe(tag);
    expect(poly1305(key, NONE, text).toString('hex')).toBe(tag);
  });
});
