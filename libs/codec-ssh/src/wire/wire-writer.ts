/** The data types of RFC 4251, section 5, written to bytes. */
import { Buffer } from 'node:buffer';
import { CodecError } from './codec-error.ts';

const FIRST_BYTES = 128;

/** Builds one message or blob. Each writer is used once. */
export class WireWriter {
  #buffer: Buffer;
  #at = 0;

  /** @param number the message number, or null for what is no message */
  constructor(number: number | null = null, expectedBytes = FIRST_BYTES) {
    this.#buffer = Buffer.allocUnsafe(expectedBytes + 1);
    if (number !== null) this.byte(number);
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

  byte(value: number): this {
    const at = this.#room(1);
    this.#buffer[at] = value;
    return this;
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  /** @throws CodecError `value` for what is no whole number of 32 bits */
  uint32(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
      throw new CodecError('value', 'A number does not fit its field.');
    }
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
    return this;
  }

  /** @throws CodecError `value` for what is no number of 64 bits */
  uint64(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value)
      throw new CodecError('value', 'A number does not fit its field.');
    const at = this.#room(8);
    this.#buffer.writeBigUInt64BE(value, at);
    return this;
  }

  /** Bytes as they are, without a length. */
  bytes(value: Uint8Array): this {
    const at = this.#room(value.length);
    this.#buffer.set(value, at);
    return this;
  }

  /** A length and the bytes. */
  string(value: Uint8Array): this {
    return this.uint32(value.length).bytes(value);
  }

  /** As `string`. @throws CodecError `encoding` for a zero byte inside: it would end a command or path early */
  cString(value: Uint8Array): this {
    if (value.includes(0)) throw new CodecError('encoding', 'A text with a zero byte cannot be sent.');
    return this.string(value);
  }

  /** A length and UTF-8. @throws CodecError `encoding` for a zero byte inside: it would end the text early */
  text(value: string): this {
    if (value.includes('\0')) throw new CodecError('encoding', 'A text with a zero byte cannot be sent.');
    const count = Buffer.byteLength(value, 'utf8');
    this.uint32(count);
    const at = this.#room(count);
    this.#buffer.write(value, at, count, 'utf8');
    return this;
  }

  /** @throws CodecError `encoding` for a comma in a name or an empty one: it would change the list */
  nameList(names: readonly string[]): this {
    if (names.some((name) => name === '' || name.includes(','))) {
      throw new CodecError('encoding', 'A name with a comma cannot be sent in a list.');
    }
    return this.text(names.join(','));
  }

  /** A positive integer given as its big-endian magnitude. */
  mpint(magnitude: Uint8Array): this {
    let start = 0;
    while (magnitude[start] === 0) start += 1;
    const digits = magnitude.subarray(start);
    const first = digits[0] ?? 0;
    this.uint32(digits.length + (first >= 0x80 ? 1 : 0));
    if (first >= 0x80) this.byte(0);
    return this.bytes(digits);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }
}
