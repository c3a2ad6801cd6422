import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { AccessError } from '@sallyport/errors';
import fc from 'fast-check';
import { FRONTEND_SAMPLES } from '../../test/sample-messages.ts';
import { frameOf } from '../wire/frame.ts';
import { decodeFrontendMessage } from './frontend-message.ts';
import { encodeParse } from './parse.ts';
import { decodeQuery, encodeQuery } from './query.ts';

describe('messages of a client', () => {
  it.each(FRONTEND_SAMPLES.map(([message, bytes]) => [message.type, message, bytes] as const))(
    'reads %s as it was written',
    (_, message, bytes) => {
      expect(decodeFrontendMessage(frameOf(bytes))).toEqual(message);
    },
  );

  it('refuses every sample that is cut short or has a byte too many, with a protocol violation', () => {
    for (const [message, bytes] of FRONTEND_SAMPLES) {
      // CopyData has no fields: any bytes are a whole one.
      if (message.type === 'CopyData') continue;
      for (let length = 5; length < bytes.length; length++) expectViolation(resized(bytes, length));
      expectViolation(resized(bytes, bytes.length + 1));
    }
  });

  it('throws nothing but a protocol violation, whatever the bytes', () => {
    const anyMessage = fc.tuple(
      fc.constantFrom(...Array.from('BCdcfDEHFPQSXp')),
      fc.uint8Array({ maxLength: 64 }),
    );
    fc.assert(
      fc.property(anyMessage, ([type, body]) => {
        const bytes = resized(Buffer.concat([Buffer.from(`${type}\0\0\0\0`), body]), body.length + 5);
        try {
          decodeFrontendMessage(frameOf(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(AccessError);
          expect(error).toMatchObject({ code: 'protocol_violation' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads any SQL back as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sql = text.replaceAll('\0', '');
        expect(decodeQuery(frameOf(encodeQuery(sql))).sql).toBe(sql);
      }),
    );
  });

  it('does not read a statement of malformed UTF-8 as if it were another text', () => {
    const bytes = Buffer.concat([Buffer.from('Q\0\0\0\0SELECT '), Buffer.from([0xbf, 0x27, 0])]);
    expect(decodeQuery(frameOf(resized(bytes, bytes.length)))).toEqual({ type: 'Query', sql: null });
    expect(decodeQuery(frameOf(encodeQuery("SELECT '\uFFFD'"))).sql).toBe("SELECT '\uFFFD'");
  });

  it('does not read a second statement that hides behind a zero byte', () => {
    const bytes = Buffer.from('Q\0\0\0\0SELECT 1\0DROP TABLE x\0');
    expectViolation(resized(bytes, bytes.length));
  });

  it('does not write a string that a zero byte would cut short', () => {
    expect(() => encodeQuery('SELECT 1\0; DROP TABLE x')).toThrow(AccessError);
    expect(() => encodeParse('a\0b', 'SELECT 1')).toThrow(AccessError);
  });

  it('allocates nothing for counts that the message cannot hold', () => {
    // Bind with 32,767 parameters announced and none there.
    expectViolation(resized(Buffer.from('B\0\0\0\0\0\0\0\0\x7f\xff\0\0', 'latin1'), 13));
    expectViolation(resized(Buffer.from('P\0\0\0\0\0\0\xff\xff', 'latin1'), 9));
  });
});

function resized(bytes: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  bytes.copy(result, 0, 0, length);
  result.writeInt32BE(length - 1, 1);
  return result;
}

function expectViolation(bytes: Buffer): void {
  expect(() => decodeFrontendMessage(frameOf(bytes))).toThrow(
    expect.objectContaining({ code: 'protocol_violation' }),
  );
}
