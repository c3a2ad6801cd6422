import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseArray } from './array-text.ts';
import { decodeBinaryToText, encodeBinary } from './binary-value.ts';
import { maskedField, type TextMask } from './field-mask.ts';
import { kindOfType } from './pg-type.ts';

const TEXT = 25;
const INT2 = 21;
const INT4 = 23;
const POINT = 600;
const KNOWN = [
  16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 650, 700, 701, 869, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266,
  1700, 2950, 3802, 1007, 1009,
];

describe('a masked field', () => {
  it('is replaced in the format that it came in', () => {
    const mask: TextMask = (text, kind) => (kind === 'integer' ? String(Number(text) + 1) : `<${text}>`);
    expect(apply(maskedField(TEXT, 'text', mask), 'é')).toEqual(Buffer.from('<é>'));
    expect(apply(maskedField(TEXT, 'binary', mask), 'é')).toEqual(Buffer.from('<é>'));
    expect(apply(maskedField(INT4, 'text', mask), '7')).toEqual(Buffer.from('8'));
    expect(apply(maskedField(INT4, 'binary', mask), Buffer.from([0, 0, 0, 7]))).toEqual(
      Buffer.from([0, 0, 0, 8]),
    );
  });

  it('is NULL when the mask says so, and left when it says that', () => {
    expect(
      apply(
        maskedField(TEXT, 'text', () => null),
        'x',
      ),
    ).toBeNull();
    expect(
      apply(
        maskedField(TEXT, 'binary', () => undefined),
        'x',
      ),
    ).toBeUndefined();
  });

  it('is NULL, never the value, when the column cannot hold what the mask gives', () => {
    expect(
      apply(
        maskedField(INT2, 'binary', () => '70000'),
        Buffer.from([0, 1]),
      ),
    ).toBeNull();
    expect(
      apply(
        maskedField(INT4, 'binary', () => '****'),
        Buffer.from([0, 0, 0, 1]),
      ),
    ).toBeNull();
  });

  it('is NULL, never the value, when it cannot be read, even where the mask would leave it', () => {
    const leave: TextMask = () => undefined;
    expect(apply(maskedField(TEXT, 'text', leave), Buffer.from([0xff]))).toBeNull();
    expect(apply(maskedField(TEXT, 'binary', leave), Buffer.from([0xff]))).toBeNull();
    expect(apply(maskedField(INT4, 'binary', leave), Buffer.from([1]))).toBeNull();
    expect(apply(maskedField(POINT, 'binary', leave), Buffer.alloc(16))).toBeNull();
  });

  it('tells the mask the kind of value', () => {
    const kinds: string[] = [];
    const look: TextMask = (_, kind) => {
      kinds.push(kind);
      return undefined;
    };
    for (const oid of [1009, 1184, 2950, POINT]) apply(maskedField(oid, 'text', look), 'x');
    expect(kinds).toEqual(['array', 'timestamptz', 'uuid', 'other']);
  });
});

describe('binary values', () => {
  it('never make reading throw, and what is read is written back the same or is refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN), fc.uint8Array({ maxLength: 40 }), (oid, raw) => {
        const text = decodeBinaryToText(Buffer.from(raw), oid);
        if (text === null) return;
        const again = encodeBinary(text, oid);
        if (again !== null && kindOfType(oid) !== 'float') expect(decodeBinaryToText(again, oid)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it('never make writing throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN), fc.string({ maxLength: 30 }), (oid, text) => {
        const bytes = encodeBinary(text, oid);
        if (bytes !== null) expect(decodeBinaryToText(bytes, oid)).not.toBeNull();
      }),
      { numRuns: 5000 },
    );
  });

  it('allocate nothing for an array that only announces its size', () => {
    const huge = Buffer.from(
      '00000006000000000000001700000fff0000000100000fff0000000100000fff00000001',
      'hex',
    );
    huge.writeInt32BE(3, 0);
    expect(decodeBinaryToText(huge, 1007)).toBeNull();
  });
});

describe('the text of arrays', () => {
  it.each([
    '',
    '{',
    '}',
    '{a',
    '{a,}',
    '{,a}',
    '{{a},{b,c}}',
    '{{a},b}',
    '{{}}',
    '[1:2]{a,b}',
    '=',
    '{a}b',
    '{"a}',
  ])('is not %j', (text) => {
    expect(parseArray(text)).toBeNull();
  });
});

function apply(
  replace: ReturnType<typeof maskedField>,
  value: string | Buffer,
): Uint8Array | null | undefined {
  const source = Buffer.concat([Buffer.from('>'), Buffer.from(value), Buffer.from('<')]);
  return replace(source, 1, source.length - 1);
}
