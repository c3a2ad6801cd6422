import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FieldReplacement } from '../rows/row-rewriter.ts';
import { encodeCopyData } from '../wire/copy-data.ts';
import { BinaryCopyRows } from './binary-rows.ts';
import { rewriteCopyMessages } from './copy-messages.ts';
import { CopyRewriter } from './copy-rewriter.ts';
import type { CopyRows } from './copy-rows.ts';
import { CsvCopyRows } from './csv-rows.ts';
import { TextCopyRows } from './text-rows.ts';

const hide: FieldReplacement = () => Buffer.from('***');
const toNull: FieldReplacement = () => null;
const leave: FieldReplacement = () => undefined;
/** Gives back what it was given, so that what was read shows. */
const echo: FieldReplacement = (source, start, end) => Buffer.from(source.subarray(start, end));
const violation = expect.objectContaining({ code: 'protocol_violation' });

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x03ext', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

describe('COPY in the text format', () => {
  it.each([
    ['1\tann@example.com\tx\n', '1\t***\tx\n'],
    ['1\t\\N\tx\n', '1\t\\N\tx\n'],
    ['1\t\tx\n', '1\t***\tx\n'],
    ['1\ta\\tb\tx\n2\tc\\\\\ty\n', '1\t***\tx\n2\t***\ty\n'],
    ['1\ta\\\nb\tx\n', '1\t***\tx\n'],
  ])('replaces the second of three columns: %j', (stream, expected) => {
    expectRewritten(() => new TextCopyRows([null, hide, null]), stream, expected);
  });

  it('reads and writes escapes', () => {
    const seen: string[] = [];
    const look: FieldReplacement = (source, start, end) => {
      seen.push(source.toString('utf8', start, end));
      return Buffer.from('a\tb\nc\\d\r\b\f\v|');
    };
    const rewriter = new CopyRewriter(new TextCopyRows([look], { delimiter: '|' }));
    const out = rewriter.push(Buffer.from('\\b\\f\\n\\r\\t\\v\\\\\\|\\101\\x42\\q\n'));
    expect(seen).toEqual(['\b\f\n\r\t\v\\|ABq']);
    expect(out.toString()).toBe('a\\tb\\nc\\\\d\\r\\b\\f\\v\\|\n');
  });

  it('passes the header and leaves what is left', () => {
    expectRewritten(
      () => new TextCopyRows([leave, hide], { header: true }),
      'id\temail\n1\tx\n',
      'id\temail\n1\t***\n',
    );
  });

  it('writes NULL as the COPY writes it', () => {
    expectRewritten(
      () => new TextCopyRows([toNull, null], { nullText: 'nil', delimiter: ',' }),
      'a,b\nnil,c\n',
      'nil,b\nnil,c\n',
    );
  });
});

describe('COPY in the CSV format', () => {
  it.each([
    ['1,ann,x\n', '1,***,x\n'],
    ['1,,x\n', '1,,x\n'],
    ['1,"",x\n', '1,"***",x\n'],
    ['1,"a,b\n""c""",x\n2,d,y\n', '1,"***",x\n2,***,y\n'],
    ['1,ann,x\r\n', '1,***,x\r\n'],
    ['"1,2",a"b,c"d,x\n', '"1,2",***,x\n'],
  ])('replaces the second of three columns: %j', (stream, expected) => {
    expectRewritten(() => new CsvCopyRows([null, hide, null]), stream, expected);
  });

  it('is not led astray by quotes and escapes of its own', () => {
    const rows = (): CopyRows => new CsvCopyRows([null, hide], { delimiter: ';', quote: "'", escape: '\\' });
    expectRewritten(rows, "'a\\';b';secret\n'\\\\';secret\n", "'a\\';b';***\n'\\\\';***\n");
  });

  it('quotes what would be read otherwise', () => {
    for (const [value, written] of [
      ['', '""'],
      ['a,b', '"a,b"'],
      ['a"b', '"a""b"'],
      ['a\nb', '"a\nb"'],
      ['\\.', '"\\."'],
      ['plain', 'plain'],
    ] as const) {
      expectRewritten(() => new CsvCopyRows([() => Buffer.from(value)]), 'x\n', `${written}\n`);
    }
  });

  it('writes NULL unquoted, and a value that looks like NULL quoted', () => {
    expectRewritten(
      () => new CsvCopyRows([toNull, echo], { nullText: 'NULL' }),
      'a,"NULL"\n',
      'NULL,"NULL"\n',
    );
  });
});

describe('COPY in the binary format', () => {
  it('replaces values and passes header, NULLs and trailer', () => {
    const stream = Buffer.concat([
      HEADER,
      binaryRow(['1', 'ann@example.com']),
      binaryRow([null, null]),
      TRAILER,
    ]);
    const expected = Buffer.concat([HEADER, binaryRow(['1', '***']), binaryRow([null, null]), TRAILER]);
    expectRewritten(() => new BinaryCopyRows([leave, hide]), stream, expected);
  });

  it.each([
    ['another signature', Buffer.from('PGCOPX\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')],
    ['a negative extension', Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\xff\xff\xff\xff', 'latin1')],
    ['a negative count', Buffer.concat([HEADER, Buffer.from([0xff, 0xfe])])],
    ['a negative length', Buffer.concat([HEADER, Buffer.from([0, 2, 0xff, 0xff, 0xff, 0xfe])])],
    ['bytes behind its end', Buffer.concat([HEADER, TRAILER, TRAILER])],
    ['no end', Buffer.concat([HEADER, binaryRow(['1', '2'])])],
    ['an end inside a row', Buffer.concat([HEADER, binaryRow(['1', '2']).subarray(0, -1)])],
  ])('is refused with %s', (_, stream) => {
    expect(() => rewriteWhole(new BinaryCopyRows([null, hide]), [stream])).toThrow(violation);
  });
});

describe('any COPY stream', () => {
  it('is refused when a row has another number of columns: not one value may slip by one', () => {
    for (const stream of ['a\tb\tc\n', 'a\n', 'a\tb\nc\n']) {
      expect(() => rewriteWhole(new TextCopyRows([null, hide]), [Buffer.from(stream)])).toThrow(violation);
      const csv = Buffer.from(stream.replaceAll('\t', ','));
      expect(() => rewriteWhole(new CsvCopyRows([null, hide]), [csv])).toThrow(violation);
    }
    const binary = Buffer.concat([HEADER, binaryRow(['1', '2', '3']), TRAILER]);
    expect(() => rewriteWhole(new BinaryCopyRows([null, hide]), [binary])).toThrow(violation);
  });

  it('is refused when it ends inside a row', () => {
    expect(() => rewriteWhole(new TextCopyRows([hide]), [Buffer.from('secret')])).toThrow(violation);
    expect(() => rewriteWhole(new CsvCopyRows([hide]), [Buffer.from('"secret\n')])).toThrow(violation);
  });

  it('holds no row larger than its limit', () => {
    const rewriter = new CopyRewriter(new TextCopyRows([hide]), 1000);
    expect(() => {
      for (let sent = 0; sent < 20; sent++) rewriter.push(Buffer.alloc(100, 'x'));
    }).toThrow(expect.objectContaining({ code: 'masking_not_possible' }));
  });

  it('reads a row once, however many pieces it comes in', () => {
    const rewriter = new CopyRewriter(new CsvCopyRows([hide]));
    const piece = Buffer.alloc(16, 'x');
    const started = performance.now();
    for (let sent = 0; sent < 50_000; sent++) rewriter.push(piece);
    expect(rewriter.push(Buffer.from('\n')).toString()).toBe('***\n');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('throws nothing but a refusal, whatever the bytes', () => {
    const rows = fc.constantFrom(
      () => new TextCopyRows([hide, null]),
      () => new CsvCopyRows([hide, null], { escape: '\\' }),
      () => new BinaryCopyRows([hide, null]),
    );
    const prefix = fc.constantFrom(Buffer.alloc(0), HEADER);
    fc.assert(
      fc.property(rows, prefix, fc.array(fc.uint8Array({ maxLength: 20 })), (make, first, chunks) => {
        try {
          rewriteWhole(make(), [first, ...chunks.map((chunk) => Buffer.from(chunk))]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'protocol_violation' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('CopyData messages', () => {
  it('come out one for one, with their lengths corrected', () => {
    const messages = Buffer.concat([
      encodeCopyData(Buffer.from('1\tsecret\n')),
      encodeCopyData(Buffer.from('2\tx\n')),
    ]);
    const out = rewriteCopyMessages(region(messages), new CopyRewriter(new TextCopyRows([null, hide])));
    expect(out).toEqual(
      Buffer.concat([encodeCopyData(Buffer.from('1\t***\n')), encodeCopyData(Buffer.from('2\t***\n'))]),
    );
  });

  it('are left out while nothing of them can be passed on', () => {
    const messages = Buffer.concat(['1\tsec', 'r', 'et\n2'].map((text) => encodeCopyData(Buffer.from(text))));
    const rewriter = new CopyRewriter(new TextCopyRows([null, hide]));
    expect(rewriteCopyMessages(region(messages), rewriter)).toEqual(encodeCopyData(Buffer.from('1\t***\n')));
    expect(rewriter.rowCount).toBe(1);
  });

  it('must be whole and be CopyData', () => {
    const message = encodeCopyData(Buffer.from('1\n'));
    const rewriter = new CopyRewriter(new TextCopyRows([hide]));
    expect(() => rewriteCopyMessages(region(message.subarray(0, -1)), rewriter)).toThrow(violation);
    expect(() => rewriteCopyMessages(region(Buffer.from('D\0\0\0\x04')), rewriter)).toThrow(violation);
    expect(() => rewriteCopyMessages(region(Buffer.from('d\0\0\0\x03')), rewriter)).toThrow(violation);
  });
});

/** Whole, byte by byte, and in two at every offset. */
function expectRewritten(rows: () => CopyRows, stream: string | Buffer, expected: string | Buffer): void {
  const bytes = Buffer.from(stream);
  for (let at = 0; at <= bytes.length; at++) {
    expect(rewriteWhole(rows(), [bytes.subarray(0, at), bytes.subarray(at)]).toString('latin1')).toBe(
      Buffer.from(expected).toString('latin1'),
    );
  }
  const pieces = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  expect(rewriteWhole(rows(), pieces).equals(Buffer.from(expected))).toBe(true);
}

function rewriteWhole(rows: CopyRows, chunks: readonly Buffer[]): Buffer {
  const rewriter = new CopyRewriter(rows);
  const out = chunks.map((chunk) => rewriter.push(chunk));
  rewriter.finish();
  return Buffer.concat(out);
}

function binaryRow(values: readonly (string | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  const parts = values.map((value) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value ?? '')]);
  });
  return Buffer.concat([count, ...parts]);
}

function region(source: Buffer): { source: Buffer; start: number; end: number } {
  return { source, start: 0, end: source.length };
}
