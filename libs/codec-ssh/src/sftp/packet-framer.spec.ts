import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectCodecError } from '../../test/expect-codec-error.ts';
import { SFTP_REQUESTS } from '../../test/sample-sftp.ts';
import { SftpPacketFramer } from './packet-framer.ts';
import { encodeSftpRequest } from './sftp-request.ts';

const PACKETS = SFTP_REQUESTS.map(encodeSftpRequest);
const STREAM = Buffer.concat(PACKETS);

/** Comparing buffers with toEqual, thousands of times, takes minutes. */
function isWhole(packets: readonly Buffer[]): boolean {
  return packets.length === PACKETS.length && packets.every((packet, at) => packet.equals(PACKETS[at]!));
}

function framed(chunks: readonly Buffer[], framer = new SftpPacketFramer()): Buffer[] {
  const packets: Buffer[] = [];
  for (const chunk of chunks) {
    // A buffer of its own that is overwritten after: what must outlive the chunk has to be a copy.
    const own = Buffer.from(chunk);
    framer.push(own);
    for (let packet = framer.next(); packet !== null; packet = framer.next())
      packets.push(Buffer.from(packet));
    own.fill(0xee);
  }
  expect(framer.atBoundary).toBe(true);
  return packets;
}

describe('the framer of SFTP packets', () => {
  it('finds all packets in one chunk', () => {
    expect(framed([STREAM])).toEqual(PACKETS);
  });

  it('finds them byte by byte', () => {
    expect(framed(Array.from(STREAM, (byte) => Buffer.from([byte])))).toEqual(PACKETS);
  });

  it('finds them split at every offset', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      expect(isWhole(framed([STREAM.subarray(0, at), STREAM.subarray(at)]))).toBe(true);
    }
  });

  it('finds them in chunks of any sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 5, maxLength: 200 }), (sizes) => {
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < STREAM.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(STREAM.subarray(at, at + size));
          at += size;
        }
        expect(isWhole(framed(chunks))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('copies nothing of a packet that lies whole in a chunk', () => {
    const framer = new SftpPacketFramer();
    framer.push(STREAM);
    expect(framer.next()?.buffer).toBe(STREAM.buffer);
  });

  it('refuses a packet over the limit at its length word, and one that is empty', () => {
    const framer = new SftpPacketFramer();
    framer.push(Buffer.from([0, 4, 0, 1]));
    expectCodecError(() => framer.next(), 'limit');
    const split = new SftpPacketFramer(100);
    split.push(Buffer.from([0, 0]));
    expect(split.next()).toBeNull();
    split.push(Buffer.from([0, 101]));
    expectCodecError(() => split.next(), 'limit');
    const empty = new SftpPacketFramer();
    empty.push(Buffer.from([0, 0, 0, 0]));
    expectCodecError(() => empty.next(), 'truncated');
  });

  it('takes a packet of exactly the limit', () => {
    const packet = Buffer.alloc(4 + 256 * 1024, 1);
    packet.writeUInt32BE(256 * 1024, 0);
    expect(framed([packet.subarray(0, 5), packet.subarray(5)])[0]?.equals(packet)).toBe(true);
  });

  it('holds what has come and not what was announced', () => {
    const framer = new SftpPacketFramer();
    framer.push(Buffer.from([0, 4, 0, 0, 6, 1]));
    expect(framer.next()).toBeNull();
    expect([framer.heldBytes, framer.atBoundary]).toEqual([6, false]);
  });

  it('does not lose bytes to a second chunk that comes too early', () => {
    const framer = new SftpPacketFramer();
    framer.push(STREAM);
    framer.next();
    expectCodecError(() => framer.push(STREAM), 'unexpected');
  });
});
