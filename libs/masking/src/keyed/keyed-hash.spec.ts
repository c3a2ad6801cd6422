import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyedHash } from './keyed-hash.ts';
import { sha256 } from './sha256.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('sha256', () => {
  it("agrees with Node's at every length around the block boundaries", () => {
    for (let length = 0; length < 200; length += 1) {
      const message = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
      expect(Buffer.from(sha256(message))).toEqual(createHash('sha256').update(message).digest());
    }
  });

  it("agrees with Node's on a megabyte", () => {
    const message = new Uint8Array(1 << 20).fill(0xa5);
    expect(Buffer.from(sha256(message))).toEqual(createHash('sha256').update(message).digest());
  });
});

describe('KeyedHash', () => {
  it("is Node's HMAC-SHA-256 for any key and message", () => {
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        const expected = createHmac('sha256', key).update(message).digest();
        expect(Buffer.from(new KeyedHash(key).digest(message))).toEqual(expected);
      }),
    );
  });

  it('gives the same text another code for another purpose', () => {
    const hash = new KeyedHash(new Uint8Array(32));
    expect(hash.digestText('hash', 'x')).not.toEqual(hash.digestText('fake', 'x'));
    expect(hash.digestText('hash', 'x')).toEqual(hash.digestText('hash', 'x'));
  });
});
