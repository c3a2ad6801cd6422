import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import { CHANNEL_OPENS, CHANNEL_REQUESTS, GLOBAL_REQUESTS } from '../../test/sample-messages.ts';
import {
  decodeChannelData,
  decodeConnectionMessage,
  decodeForwardedPort,
  decodeHostKeyProofs,
  encodeChannelClose,
  encodeChannelData,
  encodeChannelDataHeader,
  encodeChannelEof,
  encodeChannelExtendedData,
  encodeChannelFailure,
  encodeChannelOpen,
  encodeChannelOpenConfirmation,
  encodeChannelOpenFailure,
  encodeChannelRequest,
  encodeChannelSuccess,
  encodeChannelWindowAdjust,
  encodeForwardedPort,
  encodeGlobalRequest,
  encodeRequestFailure,
  encodeRequestSuccess,
  writeChannelDataHeader,
  type ConnectionMessage,
} from './index.ts';

const numbers = { senderChannel: 3, initialWindowSize: 0x200000, maximumPacketSize: 0x8000 };
const data = Buffer.from('some data');

const samples: readonly (readonly [ConnectionMessage, Buffer])[] = [
  ...GLOBAL_REQUESTS.map((request) => {
    const message = { type: 'GLOBAL_REQUEST', wantReply: true, request } as const;
    return [message, encodeGlobalRequest(message)] as const;
  }),
  ...CHANNEL_OPENS.map((open) => {
    const message = { type: 'CHANNEL_OPEN', ...numbers, open } as const;
    return [message, encodeChannelOpen(message)] as const;
  }),
  ...CHANNEL_REQUESTS.map((request) => {
    const message = { type: 'CHANNEL_REQUEST', recipientChannel: 7, wantReply: false, request } as const;
    return [message, encodeChannelRequest(message)] as const;
  }),
  [{ type: 'REQUEST_SUCCESS', data }, encodeRequestSuccess(data)],
  [{ type: 'REQUEST_FAILURE' }, encodeRequestFailure()],
  [
    { type: 'CHANNEL_OPEN_CONFIRMATION', recipientChannel: 1, ...numbers, data: Buffer.alloc(0) },
    encodeChannelOpenConfirmation({ recipientChannel: 1, ...numbers }),
  ],
  [
    {
      type: 'CHANNEL_OPEN_FAILURE',
      recipientChannel: 1,
      reasonCode: 1,
      description: 'denied by rule "no forwards"',
      languageTag: '',
    },
    encodeChannelOpenFailure({
      recipientChannel: 1,
      reasonCode: 1,
      description: 'denied by rule "no forwards"',
    }),
  ],
  [
    { type: 'CHANNEL_WINDOW_ADJUST', recipientChannel: 1, bytesToAdd: 0xffffffff },
    encodeChannelWindowAdjust(1, 0xffffffff),
  ],
  [{ type: 'CHANNEL_DATA', recipientChannel: 9, data }, encodeChannelData(9, data)],
  [
    { type: 'CHANNEL_EXTENDED_DATA', recipientChannel: 9, dataType: 1, data },
    encodeChannelExtendedData(9, 1, data),
  ],
  [{ type: 'CHANNEL_EOF', recipientChannel: 2 }, encodeChannelEof(2)],
  [{ type: 'CHANNEL_CLOSE', recipientChannel: 2 }, encodeChannelClose(2)],
  [{ type: 'CHANNEL_SUCCESS', recipientChannel: 2 }, encodeChannelSuccess(2)],
  [{ type: 'CHANNEL_FAILURE', recipientChannel: 2 }, encodeChannelFailure(2)],
];

/** Messages whose last part is all that is left: any length is a whole one. */
const openEnded = (message: ConnectionMessage) =>
  ['REQUEST_SUCCESS', 'CHANNEL_OPEN_CONFIRMATION'].includes(message.type) ||
  ('request' in message && ['unknown', 'keepalive@openssh.com'].includes(message.request.kind)) ||
  ('open' in message && message.open.kind === 'unknown');

describe('messages of the connection protocol', () => {
  it.each(samples.map(([message, payload]) => [nameOf(message), message, payload] as const))(
    'reads %s as it was written',
    (_, message, payload) => {
      expect(decodeConnectionMessage(payload)).toEqual(message);
    },
  );

  it('refuses every sample that is cut short or has a byte too many', () => {
    for (const [message, payload] of samples) {
      if (openEnded(message)) continue;
      for (let length = 0; length < payload.length; length++) {
        // Keys of a hostkeys request and the language of a failure may be fewer.
        const fewer = message.type === 'CHANNEL_OPEN_FAILURE' && length === payload.length - 4;
        if (fewer || ('request' in message && message.request.kind.startsWith('hostkeys'))) continue;
        expectCodecError(() => decodeConnectionMessage(payload.subarray(0, length)));
      }
      const longer = Buffer.concat([payload, Buffer.from([0])]);
      expectCodecError(() => decodeConnectionMessage(longer));
    }
  });

  it('writes exec as RFC 4254 lays it out', () => {
    const payload = encodeChannelRequest({
      recipientChannel: 1,
      wantReply: true,
      request: { kind: 'exec', command: Buffer.from('id') },
    });
    expect(payload.toString('hex')).toBe('62' + '00000001' + '0000000465786563' + '01' + '000000026964');
  });

  it('refuses a command or path that a zero byte would cut short at the target', () => {
    for (const kind of ['exec', 'subsystem'] as const) {
      const payload = encodeChannelRequest({
        recipientChannel: 0,
        wantReply: true,
        request: { kind: 'unknown', name: kind, data: Buffer.from('\0\0\0\x03a\0b') },
      });
      expectCodecError(() => decodeConnectionMessage(payload), 'encoding');
    }
  });

  it('keeps the bytes of a command that is not UTF-8', () => {
    const command = Buffer.from([0x6c, 0x73, 0x20, 0xff]);
    const payload = encodeChannelRequest({
      recipientChannel: 0,
      wantReply: true,
      request: { kind: 'exec', command },
    });
    expect(decodeConnectionMessage(payload)).toMatchObject({ request: { command } });
  });

  it('hands out the data of a message as a view, and writes headers without touching it', () => {
    const payload = encodeChannelData(5, data);
    const message = decodeChannelData(payload);
    expect(message.data.buffer).toBe(payload.buffer);
    expect(message.data.byteOffset).toBe(payload.byteOffset + 9);
    expect(Buffer.concat([encodeChannelDataHeader(5, data.length), data])).toEqual(payload);
    const packet = Buffer.alloc(30);
    expect(writeChannelDataHeader(packet, 4, 5, data.length)).toBe(13);
    expect(packet.subarray(4, 13)).toEqual(payload.subarray(0, 9));
  });

  it('refuses payloads over the limit and numbers that are none of the protocol', () => {
    expectCodecError(() => decodeConnectionMessage(encodeChannelData(0, Buffer.alloc(256 * 1024))), 'limit');
    for (const number of [0, 50, 79, 83, 89, 101, 255]) {
      expectCodecError(() => decodeConnectionMessage(Buffer.from([number, 0, 0, 0, 0])), 'unexpected');
    }
    expectCodecError(() => decodeConnectionMessage(Buffer.alloc(0)), 'unexpected');
  });

  it('reads the answers whose meaning depends on the request', () => {
    expect(decodeForwardedPort(encodeForwardedPort(40_022))).toBe(40_022);
    expect(decodeForwardedPort(Buffer.alloc(0))).toBeNull();
    expectCodecError(() => decodeForwardedPort(Buffer.alloc(5)), 'trailing');
    expect(decodeHostKeyProofs(Buffer.from('\0\0\0\x01a\0\0\0\0'))).toEqual([
      Buffer.from('a'),
      Buffer.alloc(0),
    ]);
  });

  it('writes back the very bytes that it read, whatever they are, or refuses them', () => {
    const payloads = samples.map(([, payload]) => payload);
    const mutated = fc
      .tuple(fc.constantFrom(...payloads), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
      .map(([payload, changes]) => {
        const bytes = Buffer.from(payload);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    const anything = fc
      .tuple(fc.integer({ min: 78, max: 102 }), fc.uint8Array({ maxLength: 80 }))
      .map(([number, rest]) => {
        return Buffer.concat([Buffer.from([number]), rest]);
      });
    fc.assert(
      fc.property(fc.oneof(mutated, anything), (payload) => {
        expectCodecErrorOnly(() => {
          const message = decodeConnectionMessage(payload);
          if (message.type === 'GLOBAL_REQUEST') expectSame(encodeGlobalRequest(message), payload);
          if (message.type === 'CHANNEL_OPEN') expectSame(encodeChannelOpen(message), payload);
          if (message.type === 'CHANNEL_REQUEST' && message.request.kind !== 'exit-signal') {
            expectSame(encodeChannelRequest(message), payload);
          }
        });
      }),
      { numRuns: 3000 },
    );
  });
});

/** Equal but for booleans, of which every value but 0 is read as true and written as 1. */
function expectSame(written: Buffer, read: Buffer): void {
  expect(written.length).toBe(read.length);
  for (const [at, byte] of written.entries()) {
    if (byte !== read[at]) expect([byte, (read[at] ?? 0) > 1]).toEqual([1, true]);
  }
}

function nameOf(message: ConnectionMessage): string {
  if ('request' in message) return `${message.type} ${message.request.kind}`;
  return 'open' in message ? `${message.type} ${message.open.kind}` : message.type;
}
