import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PROTOCOL_3_0, PROTOCOL_3_2 } from '../wire/protocol-version.ts';
import { encodeCancelRequest } from './cancel-request.ts';
import { encodeGSSENCRequest } from './gssenc-request.ts';
import { decodeEncryptionAnswer, encodeSSLRequest } from './ssl-request.ts';
import { encodeStartupMessage } from './startup-message.ts';
import { StartupReader, type StartupRead } from './startup-reader.ts';

const PARAMETERS = new Map([
  ['user', 'agent'],
  ['database', 'shop/über'],
  ['_pq_.feature', '1'],
]);
const violation = expect.objectContaining({ code: 'protocol_violation' });

describe('what opens a connection', () => {
  it.each([
    ['StartupMessage 3.0', encodeStartupMessage(PROTOCOL_3_0, PARAMETERS), { version: PROTOCOL_3_0 }],
    ['StartupMessage 3.2', encodeStartupMessage(PROTOCOL_3_2, PARAMETERS), { parameters: PARAMETERS }],
    ['SSLRequest', encodeSSLRequest(), { type: 'SSLRequest' }],
    ['GSSENCRequest', encodeGSSENCRequest(), { type: 'GSSENCRequest' }],
    [
      'CancelRequest',
      encodeCancelRequest(7, Buffer.alloc(32, 1)),
      { processId: 7, secretKey: Buffer.alloc(32, 1) },
    ],
  ])('is read as %s, wherever it is split', (_, bytes, expected) => {
    for (let at = 0; at < bytes.length; at++) {
      const read = readAll([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(read).toMatchObject({ kind: 'packet', packet: expected });
    }
    expect(readAll(Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1)))).toMatchObject({
      packet: expected,
    });
  });

  it('is read as TLS when it begins with a handshake record', () => {
    const hello = Buffer.from('160301', 'hex');
    expect(new StartupReader().push(hello)).toEqual({ kind: 'direct-tls', bytes: hello });
  });

  it('shows what came in the clear behind an SSLRequest, so that it can be refused', () => {
    const read = new StartupReader().push(Buffer.concat([encodeSSLRequest(), Buffer.from('injected')]));
    expect(read).toMatchObject({ kind: 'packet', rest: Buffer.from('injected') });
  });

  it('may be followed by another packet', () => {
    const reader = new StartupReader();
    reader.push(encodeSSLRequest());
    expect(reader.push(encodeGSSENCRequest())).toMatchObject({ packet: { type: 'GSSENCRequest' } });
  });
});

describe('what must not open one', () => {
  it('refuses lengths out of bounds before it holds their bytes', () => {
    for (const length of ['00000000', '00000007', '00002715', '7fffffff', 'ffffffff']) {
      expect(() => new StartupReader().push(Buffer.from(length, 'hex'))).toThrow(violation);
    }
  });

  it('refuses a parameter given twice, since proxy and server may each take another', () => {
    const once = encodeStartupMessage(PROTOCOL_3_0, new Map([['user', 'a']]));
    const twice = Buffer.concat([once.subarray(0, -1), once.subarray(8)]);
    twice.writeUInt32BE(twice.length, 0);
    expect(() => new StartupReader().push(twice)).toThrow(violation);
  });

  it('refuses bytes behind the last parameter', () => {
    const bytes = Buffer.concat([encodeStartupMessage(PROTOCOL_3_0, PARAMETERS), Buffer.from('x')]);
    bytes.writeUInt32BE(bytes.length, 0);
    expect(() => new StartupReader().push(bytes)).toThrow(violation);
  });

  it('refuses cancel keys that no version of the protocol has', () => {
    expect(() => encodeCancelRequest(1, Buffer.alloc(3))).toThrow(violation);
    expect(() => new StartupReader().push(Buffer.from('0000000c04d2162e00000001', 'hex'))).toThrow(violation);
  });

  it('throws nothing but a protocol violation, whatever the bytes', () => {
    const code = fc.constantFrom(0x30000, 0x30002, 80877102, 80877103, 80877104, 0);
    fc.assert(
      fc.property(code, fc.uint8Array({ maxLength: 50 }), (word, body) => {
        const bytes = Buffer.concat([Buffer.alloc(8), body]);
        bytes.writeUInt32BE(bytes.length, 0);
        bytes.writeUInt32BE(word, 4);
        try {
          new StartupReader().push(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'protocol_violation' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the answer to an encryption request', () => {
  it('is one byte and nothing behind it', () => {
    expect(decodeEncryptionAnswer(Buffer.from('S'), 'S')).toBe('accepted');
    expect(decodeEncryptionAnswer(Buffer.from('N'), 'S')).toBe('refused');
    for (const bytes of ['', 'SX', 'E', 'G', 'EFATAL']) {
      expect(() => decodeEncryptionAnswer(Buffer.from(bytes), 'S')).toThrow(violation);
    }
  });
});

function readAll(chunks: readonly Buffer[]): StartupRead | undefined {
  const reader = new StartupReader();
  return chunks.map((chunk) => reader.push(chunk)).at(-1);
}
