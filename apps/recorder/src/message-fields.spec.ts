import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { StatementFinishedSchema } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import { MalformedMessageError, MessageFields } from './message-fields.ts';

function fieldsOf(bytes: Uint8Array, start = 0, end = bytes.length): [number, number, string][] {
  const fields = new MessageFields(bytes, start, end);
  const found: [number, number, string][] = [];
  while (fields.next())
    found.push([
      fields.number,
      fields.varint(),
      Buffer.from(bytes.subarray(fields.start, fields.end)).toString('latin1'),
    ]);
  return found;
}

describe('MessageFields', () => {
  it('finds the fields of a message, with what is in them', () => {
    const bytes = toBinary(
      StatementFinishedSchema,
      create(StatementFinishedSchema, { statementId: 'st-1', outcome: 1, rows: 300n }),
    );
    expect(fieldsOf(bytes)).toEqual([
      [1, 0, 'st-1'],
      [2, 1, '\u0001'],
      [4, 300, '\u00ac\u0002'],
    ]);
  });

  it('looks at nothing but its part of the bytes', () => {
    const inner = new BinaryWriter().tag(1, WireType.Varint).uint32(7).finish();
    const bytes = Buffer.concat([Buffer.from([0xff, 0xff]), inner, Buffer.from([0xff])]);
    expect(fieldsOf(bytes, 2, 2 + inner.length)).toEqual([[1, 7, '\u0007']]);
  });

  it('passes over fields of every type, also of numbers that it does not know', () => {
    const bytes = new BinaryWriter()
      .tag(3000, WireType.Bit64)
      .fixed64(1n)
      .tag(7, WireType.Bit32)
      .fixed32(2)
      .tag(9, WireType.LengthDelimited)
      .bytes(Uint8Array.of(1, 2))
      .tag(1, WireType.Varint)
      .uint64(2n ** 63n)
      .finish();
    expect(fieldsOf(bytes).map(([number]) => number)).toEqual([3000, 7, 9, 1]);
  });

  it.each([
    ['a field that ends behind the message', [0x0a, 0x05, 0x61]],
    ['a length beyond any', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a tag that is cut off', [0x80]],
    ['a varint without an end', [0x08, ...new Array<number>(11).fill(0xff)]],
    ['a group, which nothing writes', [0x0b, 0x0c]],
    ['field number 0', [0x02, 0x00]],
    ['a number of 64 bits that is cut off', [0x09, 1, 2, 3]],
  ])('refuses %s', (_, bytes) => {
    expect(() => fieldsOf(Uint8Array.from(bytes))).toThrow(MalformedMessageError);
  });
});
