import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError } from '../../test/expect-codec-error.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('data types of RFC 4251', () => {
  it.each([
    ['00000000', ''],
    ['00000008 09a378f9b2e332a7', '09a378f9b2e332a7'],
    ['00000002 0080', '80'],
  ])('reads and writes the mpint %s of section 5', (wire, magnitude) => {
    expect(new WireReader(hex(wire)).mpint()).toEqual(hex(magnitude));
    expect(new WireWriter().mpint(hex(magnitude)).finish()).toEqual(hex(wire));
  });

  it.each(['00000002 edcc', '00000005 ff21524111'])('refuses the negative mpint %s of section 5', (wire) => {
    expectCodecError(() => new WireReader(hex(wire)).mpint(), 'value');
  });

  it('refuses an mpint with superfluous zeros, a second encoding of the same number', () => {
    expectCodecError(() => new WireReader(hex('00000002 0012')).mpint(), 'value');
    expectCodecError(() => new WireReader(hex('00000001 00')).mpint(), 'value');
  });

  it.each([
    ['00000000', []],
    ['00000004 7a6c6962', ['zlib']],
    ['00000009 7a6c69622c6e6f6e65', ['zlib', 'none']],
  ])('reads and writes the name-list %s of section 5', (wire, names) => {
    expect(new WireReader(hex(wire)).nameList()).toEqual(names);
    expect(new WireWriter().nameList(names).finish()).toEqual(hex(wire));
  });

  it.each([',', 'a,', ',a', 'a,,b', 'a b', 'a\0', 'é', 'a\nb'])('refuses the name-list %j', (list) => {
    expectCodecError(
      () => new WireReader(new WireWriter().string(Buffer.from(list)).finish()).nameList(),
      'encoding',
    );
  });

  it('refuses names longer than RFC 4250 allows, and empty ones', () => {
    expect(new WireReader(new WireWriter().text('n'.repeat(64)).finish()).name()).toBe('n'.repeat(64));
    expectCodecError(() => new WireReader(new WireWriter().text('n'.repeat(65)).finish()).name(), 'limit');
    expectCodecError(() => new WireReader(hex('00000000')).name(), 'encoding');
  });

  it('refuses text that is not UTF-8 or would be cut short by a zero byte', () => {
    expectCodecError(() => new WireReader(hex('00000002 c328')).text(), 'encoding');
    expectCodecError(() => new WireReader(hex('00000003 610062')).text(), 'encoding');
    expectCodecError(() => new WireReader(hex('00000002 6100')).cString(), 'encoding');
    expectCodecError(() => new WireWriter().text('a\0b'), 'encoding');
    expectCodecError(() => new WireWriter().cString(hex('610062')), 'encoding');
  });

  it('reads no byte behind the end, and allocates nothing for a length that is only announced', () => {
    expectCodecError(() => new WireReader(hex('ffffffff 00')).string(), 'truncated');
    expectCodecError(() => new WireReader(hex('00000001')).string(), 'truncated');
    expectCodecError(() => new WireReader(hex('0000')).uint32(), 'truncated');
    expectCodecError(() => new WireReader(hex('00000000000000')).uint64(), 'truncated');
    expectCodecError(() => new WireReader(hex('')).byte(), 'truncated');
    expectCodecError(() => new WireReader(hex('00000001 61'), 0, 4).string(), 'truncated');
  });

  it('writes no number that does not fit its field', () => {
    for (const number of [-1, 2 ** 32, 1.5, Number.NaN])
      expectCodecError(() => new WireWriter().uint32(number), 'value');
    for (const number of [-1n, 1n << 64n]) expectCodecError(() => new WireWriter().uint64(number), 'value');
  });

  it('reads back what it writes, to the last byte', () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.boolean(),
        fc.nat(0xffffffff),
        fc.bigInt(0n, (1n << 64n) - 1n),
        fc.uint8Array({ maxLength: 400 }),
        text,
        fc.array(fc.stringMatching(/^[a-z0-9@.-]{1,64}$/), { maxLength: 20 }),
        (byte, flag, word, long, bytes, utf8, names) => {
          const writer = new WireWriter().byte(byte).boolean(flag).uint32(word).uint64(long).string(bytes);
          const reader = new WireReader(writer.text(utf8).nameList(names).mpint(bytes).finish());
          expect(reader.byte()).toBe(byte);
          expect(reader.boolean()).toBe(flag);
          expect(reader.uint32()).toBe(word);
          expect(reader.uint64()).toBe(long);
          expect(reader.string()).toEqual(Buffer.from(bytes));
          expect(reader.text()).toBe(utf8);
          expect(reader.nameList()).toEqual(names);
          const digits = bytes.findIndex((digit) => digit !== 0);
          expect(reader.mpint()).toEqual(Buffer.from(bytes.subarray(digits === -1 ? bytes.length : digits)));
          reader.finish();
        },
      ),
    );
  });
});
