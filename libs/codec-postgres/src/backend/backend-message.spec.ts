import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { AccessError } from '@sallyport/errors';
import fc from 'fast-check';
import { BACKEND_SAMPLES } from '../../test/sample-messages.ts';
import { frameOf } from '../wire/frame.ts';
import { decodeBackendMessage } from './backend-message.ts';
import { BackendType } from './backend-type.ts';
import { encodeBackendKeyData } from './backend-key-data.ts';
import { parseCommandTag } from './command-complete.ts';
import { buildErrorResponse, decodeErrorResponse, encodeErrorResponse } from './error-response.ts';
import { decodeNegotiateProtocolVersion } from './negotiate-protocol-version.ts';

describe('messages of a server', () => {
  it.each(BACKEND_SAMPLES.map(([message, bytes]) => [message.type, message, bytes] as const))(
    'reads %s as it was written',
    (_, message, bytes) => {
      expect(decodeBackendMessage(frameOf(bytes))).toEqual(message);
    },
  );

  it('covers every type of the protocol', () => {
    const covered = new Set(BACKEND_SAMPLES.map(([, bytes]) => bytes[0]));
    expect(Object.values(BackendType).filter((type) => !covered.has(type))).toEqual([]);
  });

  it('throws nothing but a protocol violation, whatever the bytes', () => {
    const types = Object.values(BackendType);
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 80 }), (type, body) => {
        const bytes = Buffer.concat([Buffer.from([type, 0, 0, 0, body.length + 4]), body]);
        try {
          decodeBackendMessage(frameOf(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(AccessError);
          expect(error).toMatchObject({ code: 'protocol_violation' });
        }
      }),
      { numRuns: 4000 },
    );
  });

  it('takes no cancel key shorter than 4 or longer than 256 bytes', () => {
    expect(() => encodeBackendKeyData(1, Buffer.alloc(3))).toThrow(AccessError);
    expect(() => encodeBackendKeyData(1, Buffer.alloc(257))).toThrow(AccessError);
    expect(encodeBackendKeyData(1, Buffer.alloc(256))).toHaveLength(265);
  });

  it('reads a version negotiated as a whole word or as the minor version alone', () => {
    const whole = Buffer.from('v\0\0\0\x0c\0\x03\0\x02\0\0\0\0', 'latin1');
    const minor = Buffer.from('v\0\0\0\x0c\0\0\0\x02\0\0\0\0', 'latin1');
    for (const bytes of [whole, minor]) {
      expect(decodeNegotiateProtocolVersion(frameOf(bytes)).newest).toEqual({ major: 3, minor: 2 });
    }
  });
});

describe('errors and notices', () => {
  it('replaces fields and leaves the rest', () => {
    const { fields } = decodeErrorResponse(
      frameOf(
        encodeErrorResponse({ severity: 'ERROR', code: '22P02', message: 'bad "4111"', position: '8' }),
      ),
    );
    const edited = encodeErrorResponse({ ...fields, message: 'hidden by policy' });
    expect(decodeErrorResponse(frameOf(edited)).fields).toEqual({ ...fields, message: 'hidden by policy' });
  });

  it('drops fields of codes that it does not know', () => {
    const bytes = Buffer.from('E\0\0\0\x10Mok\0zsecret\0\0');
    bytes.writeInt32BE(bytes.length - 1, 1);
    expect(decodeErrorResponse(frameOf(bytes)).fields).toEqual({ message: 'ok' });
  });

  it('writes only errors with an SQLSTATE', () => {
    const built = buildErrorResponse('FATAL', '42501', 'no', { hint: 'ask' });
    expect(decodeErrorResponse(frameOf(built)).fields).toEqual({
      severityLocal: 'FATAL',
      severity: 'FATAL',
      code: '42501',
      message: 'no',
      hint: 'ask',
    });
    expect(() => buildErrorResponse('ERROR', 'denied', 'no')).toThrow(AccessError);
  });
});

describe('command tags', () => {
  it.each([
    ['SELECT 5', 'SELECT', 5],
    ['INSERT 0 12', 'INSERT', 12],
    ['CREATE TABLE', 'CREATE TABLE', null],
    ['COPY 3', 'COPY', 3],
    ['MERGE 0', 'MERGE', 0],
    ['BEGIN', 'BEGIN', null],
    ['REFRESH MATERIALIZED VIEW', 'REFRESH MATERIALIZED VIEW', null],
    ['', '', null],
  ])('reads "%s"', (tag, command, rows) => {
    expect(parseCommandTag(tag)).toEqual({ command, rows });
  });
});
