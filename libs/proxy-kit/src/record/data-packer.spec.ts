import { describe, expect, it } from '@jest/globals';
import { unpackData } from '@sallyport/recording-format';
import { randomBytes } from 'node:crypto';
import { DataPacker } from './data-packer.ts';

const rows = Buffer.from('id 17, a name, a street, a city;'.repeat(2000));

describe('DataPacker', () => {
  it('packs long data that gets shorter by it, and what comes out is what went in', () => {
    const { bytes, decodedBytes } = new DataPacker().pack(rows);
    expect(bytes.length).toBeLessThan(rows.length / 10);
    expect(decodedBytes).toBe(rows.length);
    expect(unpackData(bytes, decodedBytes).equals(rows)).toBe(true);
  });

  it('leaves short data as it is', () => {
    const short = rows.subarray(0, 1000);
    expect(new DataPacker().pack(short)).toEqual({ bytes: short, decodedBytes: 0 });
  });

  it('leaves data that does not pack, pauses, and tries again', () => {
    const packer = new DataPacker();
    const noise = randomBytes(20_000);
    expect(packer.pack(noise)).toEqual({ bytes: noise, decodedBytes: 0 });
    const tries = Array.from({ length: 5 }, () => packer.pack(rows).decodedBytes > 0);
    expect(tries).toEqual([false, false, false, false, true]);
  });
});

describe('unpackData', () => {
  it('refuses data that holds more than its event says, or less', () => {
    const { bytes, decodedBytes } = new DataPacker().pack(rows);
    expect(() => unpackData(bytes, decodedBytes - 1)).toThrow();
    expect(() => unpackData(bytes, decodedBytes + 1)).toThrow('less data');
  });
});
