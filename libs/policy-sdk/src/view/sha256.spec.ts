import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256, toHex } from './sha256.ts';

describe('sha256', () => {
  it('agrees with node:crypto on every length around the block size and on any bytes', () => {
    const check = (bytes: Uint8Array): void => {
      expect(toHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
    };
    for (let length = 0; length < 200; length++) check(new Uint8Array(length).fill(length));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), check), { numRuns: 50 });
  });
});
