/** AES-GCM (RFC 5647) and chacha20-poly1305@openssh.com (PROTOCOL.chacha20poly1305) with node's own ciphers. */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  timingSafeEqual,
  type CipherGCMTypes,
  type KeyObject,
} from 'node:crypto';
import { PacketOpener, PacketSealer } from './packet-cipher.ts';
import { poly1305 } from './poly1305.ts';

const GCM_TAG_BYTES = 16;
const GCM_BLOCK_BYTES = 16;
const CHACHA_TAG_BYTES = 16;
const CHACHA_BLOCK_BYTES = 8;
const ZEROS = Buffer.alloc(32);

export interface GcmKeys {
  readonly name: CipherGCMTypes;
  readonly key: Buffer;
  /** Twelve bytes, of which the last eight count packets. */
  readonly iv: Buffer;
}

export class GcmSealer extends PacketSealer {
  readonly #name: CipherGCMTypes;
  /** Made once: with a Buffer, node makes it anew for each packet, which takes longer than encrypting it. */
  readonly #key: KeyObject;
  readonly #iv: Buffer;

  constructor(sequence: number, { name, key, iv }: GcmKeys, write: (bytes: Buffer) => void) {
    super(sequence, GCM_BLOCK_BYTES, write);
    this.#name = name;
    this.#key = createSecretKey(key);
    this.#iv = Buffer.from(iv);
  }

  protected override parts(clear: Buffer): readonly Buffer[] {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(clear.length, 0);
    const cipher = createCipheriv(this.#name, this.#key, this.#iv);
    cipher.setAAD(length);
    const sealed = cipher.update(clear);
    cipher.final();
    countUp(this.#iv);
    return [length, sealed, cipher.getAuthTag()];
  }
}

export class GcmOpener extends PacketOpener {
  readonly #name: CipherGCMTypes;
  readonly #key: KeyObject;
  readonly #iv: Buffer;

  constructor(sequence: number, { name, key, iv }: GcmKeys, onPayload: (payload: Buffer) => unknown) {
    super(sequence, GCM_TAG_BYTES, onPayload);
    this.#name = name;
    this.#key = createSecretKey(key);
    this.#iv = Buffer.from(iv);
  }

  protected override lengthOf(packet: Buffer, at: number): number {
    const length = packet.readUInt32BE(at);
    if (length % GCM_BLOCK_BYTES !== 0) throw new Error('Bad packet length');
    return length;
  }

  protected override open(packet: Buffer, at: number, length: number): Buffer {
    const body = at + 4;
    const decipher = createDecipheriv(this.#name, this.#key, this.#iv);
    decipher.setAAD(packet.subarray(at, body));
    decipher.setAuthTag(packet.subarray(body + length, body + length + GCM_TAG_BYTES));
    const clear = decipher.update(packet.subarray(body, body + length));
    decipher.final();
    countUp(this.#iv);
    return clear;
  }
}

/** The two keys of chacha20-poly1305@openssh.com, and what they make of a packet's number. */
class ChachaKeys {
  readonly #main: KeyObject;
  readonly #length: KeyObject;
  readonly #nonce = Buffer.alloc(16);

  constructor(keys: Buffer) {
    this.#main = createSecretKey(keys.subarray(0, 32));
    this.#length = createSecretKey(keys.subarray(32, 64));
  }

  authenticationKey(sequence: number): Buffer {
    return createCipheriv('chacha20', this.#main, this.#nonceOf(sequence, 0)).update(ZEROS);
  }

  cryptLength(sequence: number, length: Buffer): Buffer {
    return createCipheriv('chacha20', this.#length, this.#nonceOf(sequence, 0)).update(length);
  }

  crypt(sequence: number, bytes: Buffer): Buffer {
    return createCipheriv('chacha20', this.#main, this.#nonceOf(sequence, 1)).update(bytes);
  }

  /** The block counter, little-endian, and the packet's number, big-endian. */
  #nonceOf(sequence: number, counter: number): Buffer {
    this.#nonce[0] = counter;
    this.#nonce.writeUInt32BE(sequence, 12);
    return this.#nonce;
  }
}

export class ChachaSealer extends PacketSealer {
  readonly #keys: ChachaKeys;

  constructor(sequence: number, keys: Buffer, write: (bytes: Buffer) => void) {
    super(sequence, CHACHA_BLOCK_BYTES, write);
    this.#keys = new ChachaKeys(keys);
  }

  protected override parts(clear: Buffer): readonly Buffer[] {
    const sequence = this.outSeqno;
    const keys = this.#keys;
    const plainLength = Buffer.allocUnsafe(4);
    plainLength.writeUInt32BE(clear.length, 0);
    const length = keys.cryptLength(sequence, plainLength);
    const sealed = keys.crypt(sequence, clear);
    return [length, sealed, poly1305(keys.authenticationKey(sequence), length, sealed)];
  }
}

export class ChachaOpener extends PacketOpener {
  readonly #keys: ChachaKeys;

  constructor(sequence: number, keys: Buffer, onPayload: (payload: Buffer) => unknown) {
    super(sequence, CHACHA_TAG_BYTES, onPayload);
    this.#keys = new ChachaKeys(keys);
  }

  protected override lengthOf(packet: Buffer, at: number): number {
    const length = this.#keys.cryptLength(this.inSeqno, packet.subarray(at, at + 4)).readUInt32BE(0);
    if (length % CHACHA_BLOCK_BYTES !== 0) throw new Error('Bad packet length');
    return length;
  }

  protected override open(packet: Buffer, at: number, length: number): Buffer {
    const body = at + 4;
    const sealed = packet.subarray(body, body + length);
    const tag = packet.subarray(body + length, body + length + CHACHA_TAG_BYTES);
    const expected = poly1305(this.#keys.authenticationKey(this.inSeqno), packet.subarray(at, body), sealed);
    if (!timingSafeEqual(expected, tag)) throw new Error('Invalid MAC');
    return this.#keys.crypt(this.inSeqno, sealed);
  }
}

/** The invocation counter of an IV (RFC 5647, 7.1). */
function countUp(iv: Buffer): void {
  for (let at = iv.length - 1; at >= iv.length - 8; at--) {
    const next = ((iv[at] ?? 0) + 1) & 0xff;
    iv[at] = next;
    if (next !== 0) return;
  }
}
