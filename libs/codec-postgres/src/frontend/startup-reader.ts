import { Buffer } from 'node:buffer';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { decodeStartupPacket, MAX_STARTUP_PACKET_BYTES, type StartupPacket } from './startup-packet.ts';

/** First byte of a TLS handshake record: no startup packet can begin with it, as its length would be 369 MB. */
const TLS_HANDSHAKE = 0x16;
const LENGTH_BYTES = 4;

export type StartupRead =
  | { readonly kind: 'incomplete' }
  /** The client begins TLS at once (`sslnegotiation=direct`); `bytes` are the start of its handshake. */
  | { readonly kind: 'direct-tls'; readonly bytes: Buffer }
  /**
   * `rest` came after the packet in the same reads. After an SSLRequest it must be empty
   * (CVE-2021-23214: bytes before the handshake were put there by somebody on the path).
   */
  | { readonly kind: 'packet'; readonly packet: StartupPacket; readonly rest: Buffer };

/**
 * Collects the untyped packets that open a connection, one at a time; holds at
 * most MAX_STARTUP_PACKET_BYTES of it. The reader begins anew after each
 * packet: hand it `rest` to read the next. @throws AccessError protocol_violation
 */
export class StartupReader {
  #held: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): StartupRead {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (bytes[0] === TLS_HANDSHAKE) {
      this.#held = Buffer.alloc(0);
      return { kind: 'direct-tls', bytes };
    }
    if (bytes.length < LENGTH_BYTES) return this.#hold(bytes);
    const length = bytes.readUInt32BE(0);
    if (length < LENGTH_BYTES * 2 || length > MAX_STARTUP_PACKET_BYTES + LENGTH_BYTES) {
      throw protocolViolation('The length of a startup packet is out of bounds.');
    }
    if (bytes.length < length) return this.#hold(bytes);
    this.#held = Buffer.alloc(0);
    const packet = decodeStartupPacket(bytes.subarray(0, length));
    return { kind: 'packet', packet, rest: bytes.subarray(length) };
  }

  #hold(bytes: Buffer): StartupRead {
    this.#held = Buffer.from(bytes);
    return { kind: 'incomplete' };
  }
}
