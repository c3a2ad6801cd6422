import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeDataRow, encodeDataRow } from '../backend/data-row.ts';
import { frameOf } from '../wire/frame.ts';
import { uniformField } from '../values/field-mask.ts';
import { rewriteRows, type FieldReplacement, type RowPlan } from './row-rewriter.ts';

const hide: FieldReplacement = () => Buffer.from('***');
const toNull: FieldReplacement = () => null;
const lastTwo: FieldReplacement = (source, _start, end) => source.subarray(end - 2, end);

describe('rewriting rows', () => {
  it('replaces a value by a shorter, equal, longer one or NULL, and leaves the others', () => {
    expect(rewrite([['a', '0123456', 'b']], [null, hide, null])).toEqual([['a', '***', 'b']]);
    expect(rewrite([['a', '012', 'b']], [null, hide, null])).toEqual([['a', '***', 'b']]);
    expect(rewrite([['a', '', 'b']], [null, hide, null])).toEqual([['a', '***', 'b']]);
    expect(rewrite([['a', 'x', 'b']], [null, toNull, null])).toEqual([['a', null, 'b']]);
    expect(rewrite([['abcd', 'x', 'b']], [lastTwo, null, hide])).toEqual([['cd', 'x', '***']]);
  });

  it('does not ask for a replacement of NULL', () => {
    const never: FieldReplacement = () => {
      throw new Error('asked');
    };
    expect(rewrite([[null, 'x']], [never, null])).toEqual([[null, 'x']]);
  });

  it('leaves what the replacement leaves', () => {
    expect(rewrite([['a', 'b']], [() => undefined, hide])).toEqual([['a', '***']]);
  });

  it('works in the chunk itself while nothing grows', () => {
    const row = encodeDataRow([Buffer.from('0123456789'), Buffer.from('x')]);
    const chunk = Buffer.concat([Buffer.from('before'), row, row, Buffer.from('after')]);
    const region = rewriteRows({ source: chunk, start: 6, end: 6 + row.length * 2 }, [hide, null]);
    expect(region.source).toBe(chunk);
    expect(chunk.toString('latin1', 0, 6)).toBe('before');
    expect(chunk.toString('latin1', 6 + row.length * 2)).toBe('after');
  });

  it('gives the same rows as decoding, replacing and encoding does', () => {
    const value = fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }));
    const replacement = fc.option(fc.string({ maxLength: 90 }));
    const shape = fc.integer({ min: 1, max: 6 }).chain((columns) =>
      fc.record({
        rows: fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 12 }),
        plan: fc.array(fc.option(replacement, { nil: undefined }), {
          minLength: columns,
          maxLength: columns,
        }),
      }),
    );
    fc.assert(
      fc.property(shape, ({ rows, plan }) => {
        const rowPlan = plan.map((text): FieldReplacement | null => {
          if (text === undefined) return null;
          return () => (text === null ? null : Buffer.from(text));
        });
        const expected = rows.map((row) =>
          row.map((field, column) => {
            const text = plan[column];
            return field === null || text === undefined ? field : text;
          }),
        );
        expect(rewrite(rows, rowPlan)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('rows that are not what the plan was made for', () => {
  const violation = expect.objectContaining({ code: 'protocol_violation' });

  it('pass under no plan of another number of columns: not one value may slip by one', () => {
    expect(() => rewrite([['a', 'b', 'c']], [null, hide])).toThrow(violation);
    expect(() => rewrite([['a']], [null, hide])).toThrow(violation);
    expect(() => rewrite([['a', 'b']], [null])).toThrow(violation);
  });

  it('are refused when a field reaches past its row, also into the next one', () => {
    const row = encodeDataRow([Buffer.from('abcd')]);
    const two = Buffer.concat([row, row]);
    two.writeInt32BE(5, 7);
    expect(() => rewriteRows(all(two), [hide])).toThrow(violation);
    two.writeInt32BE(-2, 7);
    expect(() => rewriteRows(all(two), [hide])).toThrow(violation);
  });

  it('are refused when they are not whole', () => {
    const row = encodeDataRow([Buffer.from('abcd')]);
    for (let length = 1; length < row.length; length++) {
      expect(() => rewriteRows(all(row.subarray(0, length)), [hide])).toThrow(violation);
    }
  });

  it('never make it read or write outside the region', () => {
    const guard = Buffer.alloc(64, 0xee);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        const bytes = Buffer.concat([guard, Buffer.from([0x44, 0, 0, 0, body.length + 4]), body, guard]);
        const region = { source: bytes, start: 64, end: bytes.length - 64 };
        try {
          rewriteRows(region, [hide, null, toNull]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'protocol_violation' });
        }
        expect(bytes.subarray(0, 64).equals(guard)).toBe(true);
        expect(bytes.subarray(-64).equals(guard)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

function all(source: Buffer): { source: Buffer; start: number; end: number } {
  return { source, start: 0, end: source.length };
}

type Row = readonly (string | null)[];

function rewrite(rows: readonly Row[], plan: RowPlan): Row[] {
  const bytes = rows.map((row) =>
    encodeDataRow(row.map((field) => (field === null ? null : Buffer.from(field)))),
  );
  const { source, start, end } = rewriteRows(all(Buffer.concat(bytes)), plan);
  const result: Row[] = [];
  for (let at = start; at < end;) {
    const next = at + 1 + source.readInt32BE(at + 1);
    const { values } = decodeDataRow(frameOf(source.subarray(at, next)));
    result.push(values.map((field) => field?.toString() ?? null));
    at = next;
  }
  return result;
}

describe('a uniform replacement', () => {
  const uniform = uniformField(25, 'text', () => 'hidden');

  it('gives values and NULL the same form, so that neither tells which it was', () => {
    const rows = Buffer.concat([
      encodeDataRow([Buffer.from('secret'), Buffer.from('1')]),
      encodeDataRow([null, Buffer.from('2')]),
    ]);
    const { source, start, end } = rewriteRows({ source: rows, start: 0, end: rows.length }, [uniform, null]);
    const expected = ['1', '2'].map((id) => encodeDataRow([Buffer.from('hidden'), Buffer.from(id)]));
    expect(source.subarray(start, end)).toEqual(Buffer.concat(expected));
  });

  it('is NULL for both where the type cannot hold it', () => {
    const none = uniformField(25, 'binary', () => null);
    expect(none.ofNull).toBeNull();
    expect(none(Buffer.from('secret'), 0, 6)).toBeNull();
  });
});
