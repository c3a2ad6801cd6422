import { Buffer } from 'node:buffer';
import { protocolViolation } from './protocol-violation.ts';

const FIRST_BYTES = 128;

/** Builds one message; the length word is filled in by `finish`. Each builder is used once. */
export class MessageBuilder {
  #buffer: Buffer;
  #at: number;
  readonly #lengthAt: number;

  /** @param type the type byte, or null for the untyped messages of the startup phase */
  constructor(type: number | null, expectedBytes = FIRST_BYTES) {
    this.#buffer = Buffer.allocUnsafe(expectedBytes + 5);
    this.#lengthAt = type === null ? 0 : 1;
    if (type !== null) this.#buffer[0] = type;
    this.#at = this.#lengthAt + 4;
  }

  #room(count: number): number {
    const at = this.#at;
    if (at + count > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, at + count));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#at = at + count;
    return at;
  }

  uint8(value: number): this {
    const at = this.#room(1);
    this.#buffer.writeUInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
    return this;
  }

  /** A length word and the bytes, or -1 for null. */
  nullableBytes(value: Uint8Array | null): this {
    return value === null ? this.int32(-1) : this.int32(value.length).bytes(value);
  }

  /** A zero-terminated string. @throws AccessError protocol_violation for a zero inside: it would end the string early */
  text(value: string): this {
    if (value.includes('\0')) throw protocolViolation('A string with a zero byte cannot be sent.');
    const count = Buffer.byteLength(value, 'utf8');
    const at = this.#room(count + 1);
    this.#buffer.write(value, at, count, 'utf8');
    this.#buffer[at + count] = 0;
    return this;
  }

  finish(): Buffer {
    this.#buffer.writeInt32BE(this.#at - this.#lengthAt, this.#lengthAt);
    return this.#buffer.subarray(0, this.#at);
  }
}

/** A message without a body. */
export function emptyMessage(type: number): Buffer {
  return Buffer.from([type, 0, 0, 0, 4]);
}
