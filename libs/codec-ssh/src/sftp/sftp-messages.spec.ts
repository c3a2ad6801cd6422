import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError, expectCodecErrorOnly } from '../../test/expect-codec-error.ts';
import { ALL_ATTRIBUTES, SFTP_REQUESTS, SFTP_RESPONSES } from '../../test/sample-sftp.ts';
import {
  decodeSftpLimits,
  decodeSftpRequest,
  decodeSftpResponse,
  encodeSftpDataHeader,
  encodeSftpLimits,
  encodeSftpRequest,
  encodeSftpResponse,
  encodeSftpStatus,
  encodeSftpWriteHeader,
  hasUnknownOpenFlags,
  opensForReading,
  opensForWriting,
  SftpOpenFlag,
  sftpPacketType,
  sftpRequestId,
} from './index.ts';

/** The same packet with another length, and a length word that says so. */
function resized(packet: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  packet.copy(result, 0, 0, length);
  if (length >= 4) result.writeUInt32BE(length - 4, 0);
  return result;
}

const REQUEST_PACKETS = SFTP_REQUESTS.map((request) => [request, encodeSftpRequest(request)] as const);
const RESPONSE_PACKETS = SFTP_RESPONSES.map((response) => [response, encodeSftpResponse(response)] as const);

describe('SFTP packets', () => {
  it.each(REQUEST_PACKETS.map(([request, packet]) => [nameOf(request), request, packet] as const))(
    'reads the request %s as it was written',
    (_, request, packet) => {
      expect(decodeSftpRequest(packet)).toEqual(request);
      expect(sftpRequestId(packet)).toBe('id' in request ? request.id : null);
    },
  );

  it.each(RESPONSE_PACKETS.map(([response, packet]) => [response.type, response, packet] as const))(
    'reads the response %s as it was written',
    (_, response, packet) => {
      expect(decodeSftpResponse(packet)).toEqual(response);
      expect(sftpRequestId(packet)).toBe('id' in response ? response.id : null);
    },
  );

  it('lays an open out as the draft says', () => {
    const packet = encodeSftpRequest({
      type: 'OPEN',
      id: 9,
      path: Buffer.from('/x'),
      flags: SftpOpenFlag.WRITE | SftpOpenFlag.CREAT,
      attributes: { ...ALL_ATTRIBUTES, extended: [] },
    });
    expect(packet.toString('hex')).toBe(
      ['0000002f', '03', '00000009', '00000002', '2f78', '0000000a', '0000000f']
        .concat(['0000010000000000', '000003e8', 'ffffffff', '000081a4', '00000001', '00000002'])
        .join(''),
    );
  });

  it('refuses every packet that is cut short or has a byte too many', () => {
    for (const [request, packet] of REQUEST_PACKETS) {
      const openEnded = request.type === 'EXTENDED' && request.request.kind === 'unknown';
      for (let length = 0; length < packet.length; length++) {
        if (openEnded || (request.type === 'INIT' && length === 9)) continue;
        expectCodecError(() => decodeSftpRequest(resized(packet, length)));
      }
      if (!openEnded) expectCodecError(() => decodeSftpRequest(resized(packet, packet.length + 1)));
      expectCodecError(() => decodeSftpRequest(packet.subarray(0, packet.length - 1)), 'truncated');
    }
    for (const [response, packet] of RESPONSE_PACKETS) {
      if (response.type === 'EXTENDED_REPLY') continue;
      expectCodecError(() => decodeSftpResponse(resized(packet, packet.length + 1)));
      expectCodecError(() => decodeSftpResponse(resized(packet, packet.length - 1)));
    }
  });

  it('refuses a path that a zero byte would cut short at the target', () => {
    const packet = encodeSftpRequest({ type: 'REMOVE', id: 1, path: Buffer.from('/srv/ok/x') });
    packet[packet.indexOf('/x')] = 0;
    expectCodecError(() => decodeSftpRequest(packet), 'encoding');
    expectCodecError(
      () => encodeSftpRequest({ type: 'REMOVE', id: 1, path: Buffer.from('/a\0') }),
      'encoding',
    );
  });

  it('refuses attributes with a field that version 3 does not have', () => {
    const packet = encodeSftpRequest({
      type: 'SETSTAT',
      id: 1,
      path: Buffer.from('/'),
      attributes: ALL_ATTRIBUTES,
    });
    packet.writeUInt32BE(0x10, packet.indexOf('/') + 1);
    expectCodecError(() => decodeSftpRequest(packet), 'value');
  });

  it('does not take requests for responses, nor types that do not exist', () => {
    for (const [, packet] of REQUEST_PACKETS)
      expectCodecError(() => decodeSftpResponse(packet), 'unexpected');
    for (const [, packet] of RESPONSE_PACKETS)
      expectCodecError(() => decodeSftpRequest(packet), 'unexpected');
    for (const type of [0, 21, 22, 106, 199, 202, 255]) {
      const packet = Buffer.from([0, 0, 0, 5, type, 0, 0, 0, 1]);
      expectCodecError(() => decodeSftpRequest(packet), 'unexpected');
      expectCodecError(() => decodeSftpResponse(packet), 'unexpected');
    }
    expectCodecError(() => sftpPacketType(Buffer.alloc(4)), 'truncated');
  });

  it('reads a status without texts, as old servers send it', () => {
    const packet = Buffer.from([0, 0, 0, 9, 101, 0, 0, 0, 7, 0, 0, 0, 4]);
    expect(decodeSftpResponse(packet)).toEqual({
      type: 'STATUS',
      id: 7,
      code: 4,
      message: '',
      languageTag: '',
    });
  });

  it('writes the headers of bulk packets without touching the data', () => {
    const data = Buffer.alloc(100, 1);
    const handle = Buffer.from('h');
    const write = encodeSftpRequest({ type: 'WRITE', id: 1, handle, offset: 5n, data });
    expect(Buffer.concat([encodeSftpWriteHeader(1, handle, 5n, 100), data])).toEqual(write);
    const read = encodeSftpResponse({ type: 'DATA', id: 1, data });
    expect(Buffer.concat([encodeSftpDataHeader(1, 100), data])).toEqual(read);
    const decoded = decodeSftpRequest(write);
    expect(decoded.type === 'WRITE' && decoded.data.buffer === write.buffer).toBe(true);
  });

  it('allocates nothing for counts that the packet cannot hold', () => {
    const names = Buffer.from([0, 0, 0, 9, 104, 0, 0, 0, 1, 255, 255, 255, 255]);
    expectCodecError(() => decodeSftpResponse(names), 'truncated');
    const extended = Buffer.from([0, 0, 0, 13, 105, 0, 0, 0, 1, 128, 0, 0, 0, 255, 255, 255, 255]);
    expectCodecError(() => decodeSftpResponse(extended), 'limit');
  });

  it('tells what opening a file may do', () => {
    const { READ, WRITE, APPEND, CREAT, TRUNC, EXCL } = SftpOpenFlag;
    expect([READ, READ | EXCL].map(opensForWriting)).toEqual([false, false]);
    expect([WRITE, APPEND, READ | CREAT, READ | TRUNC].map(opensForWriting)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([READ | WRITE, WRITE].map(opensForReading)).toEqual([true, false]);
    expect([0x3f, 0x40, 0x8000_0000].map(hasUnknownOpenFlags)).toEqual([false, true, true]);
  });

  it('reads the limits of a server, and writes a refusal', () => {
    const limits = { packetBytes: 262144n, readBytes: 261120n, writeBytes: 261120n, openHandles: 1019n };
    expect(decodeSftpLimits(encodeSftpLimits(limits))).toEqual(limits);
    expect(decodeSftpResponse(encodeSftpStatus(4, 3, 'no'))).toMatchObject({ id: 4, code: 3, message: 'no' });
  });

  it('reads all of a packet or refuses it, whatever the bytes', () => {
    const packets = [...REQUEST_PACKETS, ...RESPONSE_PACKETS].map(([, packet]) => packet);
    const mutated = fc
      .tuple(
        fc.constantFrom(...packets),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(40),
      )
      .map(([packet, changes, cut]) => {
        const bytes = resized(packet, Math.max(5, packet.length - (cut > 30 ? cut - 30 : 0)));
        for (const [at, value] of changes) bytes[4 + (at % (bytes.length - 4))] = value;
        return bytes;
      });
    fc.assert(
      fc.property(mutated, (packet) => {
        expectCodecErrorOnly(() => {
          const request = decodeSftpRequest(packet);
          // An empty list of extended attributes can be told in two ways; everything else in one.
          const written = encodeSftpRequest(request);
          if (written.length === packet.length) expect(written).toEqual(packet);
          else expect(written.length).toBe(packet.length - 4);
        });
        expectCodecErrorOnly(() => decodeSftpResponse(packet));
        expectCodecErrorOnly(() => sftpRequestId(packet));
      }),
      { numRuns: 3000 },
    );
  });
});

function nameOf(request: (typeof SFTP_REQUESTS)[number]): string {
  return request.type === 'EXTENDED' ? `EXTENDED ${request.request.kind}` : request.type;
}
