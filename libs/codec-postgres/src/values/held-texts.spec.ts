import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeBinary } from './binary-value.ts';
import { heldTexts } from './held-texts.ts';

const INT4 = 23;
const INT8 = 20;
const TEXT = 25;
const BYTEA = 17;
const DATE = 1082;
const NUMERIC = 1700;
const RECORD = 2249;
/** Of no built-in type: somebody's enum, composite or range. */
const SOMEBODYS = 90_000;

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const bytesOf = (text: string, oid: number) => {
  const bytes = encodeBinary(text, oid);
  if (bytes === null) throw new Error('cannot be written');
  return bytes;
};
const withLength = (value: Buffer | null) =>
  value === null ? int32(-1) : Buffer.concat([int32(value.length), value]);
const record = (...columns: readonly (readonly [oid: number, value: Buffer | null])[]) =>
  Buffer.concat([
    int32(columns.length),
    ...columns.flatMap(([oid, value]) => [int32(oid), withLength(value)]),
  ]);
const range = (flags: number, ...bounds: readonly Buffer[]) =>
  Buffer.concat([Buffer.of(flags), ...bounds.map(withLength)]);

const CARD = '4111111111111111';

describe('what a binary value holds', () => {
  it('is the label of an enum', () => {
    expect(heldTexts(Buffer.from('shipped'), SOMEBODYS)).toEqual(['shipped']);
    expect(heldTexts(Buffer.from('größer'), SOMEBODYS)).toEqual(['größer']);
    expect(heldTexts(Buffer.alloc(0), SOMEBODYS)).toEqual(['']);
  });

  it('is every column of a composite, also inside another one', () => {
    const inner = record([INT8, bytesOf(CARD, INT8)], [TEXT, null], [BYTEA, Buffer.from('ann@x.y')]);
    const outer = record([TEXT, Buffer.from('a')], [SOMEBODYS, inner], [NUMERIC, bytesOf('12.50', NUMERIC)]);
    for (const oid of [RECORD, SOMEBODYS]) {
      expect(heldTexts(outer, oid)).toEqual(['a', CARD, 'ann@x.y', '12.50']);
    }
  });

  it('is every bound of a range, built in or somebody’s own', () => {
    const [low, high] = [bytesOf('5', INT8), bytesOf(CARD, INT8)];
    expect(heldTexts(range(0x02, low, high), 3926)).toEqual(['5', CARD]);
    expect(heldTexts(range(0x12, high), 3926)).toEqual([CARD]);
    expect(heldTexts(range(0x01), 3926)).toEqual([]);
    expect(heldTexts(range(0x02, bytesOf('2026-01-02', DATE), bytesOf('2026-02-03', DATE)), 3912)).toEqual([
      '2026-01-02',
      '2026-02-03',
    ]);
    expect(heldTexts(range(0x02, Buffer.from('ann@x.y'), Buffer.from('z')), SOMEBODYS)).toEqual([
      'ann@x.y',
      'z',
    ]);
    expect(heldTexts(range(0x02, low, high), SOMEBODYS)).toContain(CARD);
    const multi = Buffer.concat([int32(1), withLength(range(0x02, low, high))]);
    expect(heldTexts(multi, 4536)).toEqual(['5', CARD]);
    expect(heldTexts(multi, SOMEBODYS)).toContain(CARD);
  });

  it('is every element of an array of composites', () => {
    const element = record([INT8, bytesOf(CARD, INT8)]);
    const array = Buffer.concat(
      [1, 0, SOMEBODYS, 2, 1].map(int32).concat([withLength(element), withLength(null)]),
    );
    expect(heldTexts(array, SOMEBODYS + 1)).toEqual([CARD]);
  });

  it('is every number that the bytes could be, where no type is known', () => {
    expect(heldTexts(bytesOf(CARD, INT8), 0)).toContain(CARD);
    expect(heldTexts(bytesOf(CARD, NUMERIC), 0)).toContain(CARD);
    expect(heldTexts(bytesOf('7', INT4), 0)).toContain('7');
    expect(heldTexts(Buffer.from(CARD), 0)).toEqual([CARD]);
    // A number's bytes are told apart from a text's only by the type.
    expect(heldTexts(bytesOf(CARD, INT8), SOMEBODYS)).toBeNull();
  });

  it('is not known where the form is not', () => {
    for (const bytes of [
      Buffer.from([0, 1, 0xff]),
      Buffer.concat([record([INT8, bytesOf(CARD, INT8)]), Buffer.of(0)]),
      record([SOMEBODYS, Buffer.from([0xff, 0xfe, 0xfd])]),
      range(0x02, bytesOf('5', INT8)),
      int32(2 ** 31 - 1),
    ]) {
      expect(heldTexts(bytes, SOMEBODYS)).toBeNull();
    }
  });

  it('ends cleanly on deep nesting and on any bytes', () => {
    let deep = record([TEXT, Buffer.from('ann@x.y')]);
    for (let level = 0; level < 40; level++) deep = record([SOMEBODYS, deep]);
    expect(heldTexts(deep, SOMEBODYS)).toBeNull();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom(0, SOMEBODYS, RECORD, 3926, 4536, 600),
        (bytes, oid) => {
          const texts = heldTexts(Buffer.from(bytes), oid);
          expect(texts === null || texts.every((text) => typeof text === 'string')).toBe(true);
        },
      ),
    );
  });
});
