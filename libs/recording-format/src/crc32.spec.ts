import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { crc32 } from './crc32.ts';

describe('crc32', () => {
  it('agrees with zlib, from any seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array(), (head, tail) => {
        expect(crc32(tail, crc32(head))).toBe(zlibCrc32(tail, zlibCrc32(head)));
      }),
    );
  });
});
