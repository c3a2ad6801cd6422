import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { encodeBinary } from './binary-value.ts';
import { detectedField, type ContentDetector } from './detected-field.ts';

const TEXT = 25;
const BYTEA = 17;
const INT8 = 20;
const TEXT_ARRAY = 1009;
const JSONB = 3802;
/** Of no built-in type: an enum or composite. */
const UNKNOWN = 90_000;

const detector: ContentDetector = {
  mightContain: (bytes) => bytes.includes('@') || /4111/.test(bytes.toString('latin1')),
  mask: (text) => (/@|4111/.test(text) ? text.replace(/[^\s,{"]*(@|4111)[^\s,}"]*/g, '0') : undefined),
};

describe('a searched field', () => {
  it('is left where nothing is found, also in types that are not known', () => {
    for (const oid of [TEXT, BYTEA, UNKNOWN]) {
      for (const format of ['text', 'binary'] as const) expect(apply(oid, format, 'plain')).toBeUndefined();
    }
    expect(apply(INT8, 'binary', Buffer.alloc(8, 1))).toBeUndefined();
  });

  it('is NULL where nobody can tell what is in it', () => {
    expect(apply(UNKNOWN, 'binary', Buffer.from([0, 1, 0xff]))).toBeNull();
  });

  it('is masked where something is found, in both formats', () => {
    expect(apply(TEXT, 'text', 'to ann@x.y')).toEqual(Buffer.from('to 0'));
    expect(apply(TEXT, 'binary', 'to ann@x.y')).toEqual(Buffer.from('to 0'));
    expect(apply(INT8, 'text', '4111111111111111')).toEqual(Buffer.from('0'));
    expect(apply(INT8, 'binary', bytesOf('4111111111111111', INT8))).toEqual(Buffer.alloc(8));
    expect(apply(TEXT_ARRAY, 'binary', bytesOf('{a,x@y}', TEXT_ARRAY))).toEqual(bytesOf('{a,0}', TEXT_ARRAY));
  });

  it('is NULL where something is found and cannot be written back', () => {
    expect(apply(UNKNOWN, 'binary', 'ann@x.y')).toBeNull();
    expect(apply(BYTEA, 'binary', 'ann@x.y')).toBeNull();
    expect(apply(BYTEA, 'text', `\\x${Buffer.from('ann@x.y').toString('hex')}`)).toBeNull();
    expect(apply(JSONB, 'binary', bytesOf('{"n@x":1}', JSONB))).toEqual(bytesOf('{"0":1}', JSONB));
    // Here the detector takes the bracket too, which leaves no document.
    expect(apply(JSONB, 'binary', bytesOf('[1,4111]', JSONB))).toBeNull();
  });

  it('does not hide behind bytes that are no text', () => {
    const broken = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('ann@x.y')]);
    for (const oid of [TEXT, BYTEA, UNKNOWN]) expect(apply(oid, 'binary', broken)).toBeNull();
    expect(apply(TEXT, 'text', broken)).toBeNull();
  });
});

function bytesOf(text: string, oid: number): Buffer {
  const bytes = encodeBinary(text, oid);
  if (bytes === null) throw new Error('cannot be written');
  return bytes;
}

function apply(
  oid: number,
  format: 'text' | 'binary',
  value: string | Buffer,
): Uint8Array | null | undefined {
  const source = Buffer.concat([Buffer.from('@'), Buffer.from(value), Buffer.from('@')]);
  return detectedField(oid, format, detector)(source, 1, source.length - 1);
}
