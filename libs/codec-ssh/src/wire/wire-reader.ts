/** The data types of RFC 4251, section 5, read from bytes. */
import { Buffer } from 'node:buffer';
import { CodecError } from './codec-error.ts';
import { MAX_HOST_BYTES, MAX_MPINT_BYTES, MAX_NAME_LENGTH, MAX_NAMES, MAX_PATH_BYTES } from './limits.ts';
import { decodeUtf8 } from './utf8.ts';

const NAME = /^[\x21-\x2b\x2d-\x7e]+$/;

/**
 * Reads fields in order. Every read is checked against the end, so a wrong
 * length can neither read a neighbour's bytes nor make anything allocate:
 * bytes come out as views of the source. @throws CodecError
 */
export class WireReader {
  readonly #source: Buffer;
  readonly #end: number;
  #at: number;

  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.#source = asBuffer(source);
    this.#at = start;
    this.#end = Math.min(end, source.length);
  }

  /** Over a message; its number must be `number`, so that no decoder reads another message's bytes. */
  static over(payload: Uint8Array, number: number): WireReader {
    if (payload[0] !== number) throw new CodecError('unexpected', 'A message of another type was expected.');
    return new WireReader(payload, 1);
  }

  /** Where the next field begins, counted from the start of the source. */
  get at(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#end - at)
      throw new CodecError('truncated', 'A message is shorter than its fields say.');
    this.#at = at + count;
    return at;
  }

  byte(): number {
    return this.#source.readUInt8(this.#take(1));
  }

  /** Everything but 0 is true, as the RFC asks of readers. */
  boolean(): boolean {
    return this.byte() !== 0;
  }

  uint32(): number {
    return this.#source.readUInt32BE(this.#take(4));
  }

  uint64(): bigint {
    return this.#source.readBigUInt64BE(this.#take(8));
  }

  /** `count` bytes as a view of the source. */
  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.#source.subarray(at, at + count);
  }

  /** A length and that many bytes, as a view. */
  string(maxBytes = Number.MAX_SAFE_INTEGER): Buffer {
    const length = this.uint32();
    if (length > maxBytes) throw new CodecError('limit', 'A field of a message is too long.');
    return this.bytes(length);
  }

  /** As `string`, for what ends up in a C string at the target (commands, paths): no zero byte may cut it short. */
  cString(maxBytes?: number): Buffer {
    const bytes = this.string(maxBytes);
    if (bytes.includes(0)) throw new CodecError('encoding', 'A text in a message has a zero byte.');
    return bytes;
  }

  /** A path, in whatever encoding its host uses. */
  path(): Buffer {
    return this.cString(MAX_PATH_BYTES);
  }

  /** UTF-8 without a zero byte. */
  text(maxBytes?: number): string {
    const text = decodeUtf8(this.cString(maxBytes));
    if (text === null) throw new CodecError('encoding', 'A text in a message is not valid UTF-8.');
    return text;
  }

  /** As `text`, malformed UTF-8 replaced: only for what is shown to people, never for what is decided on. */
  displayText(maxBytes?: number): string {
    return this.string(maxBytes).toString('utf8').replaceAll('\0', '\uFFFD');
  }

  /** A host name or address. */
  host(): string {
    return this.text(MAX_HOST_BYTES);
  }

  /** The name of an algorithm, method, request or channel type: printable US-ASCII, no comma, 1 to 64 characters. */
  name(): string {
    const name = this.string(MAX_NAME_LENGTH).toString('latin1');
    if (!NAME.test(name)) throw new CodecError('encoding', 'A name in a message is malformed.');
    return name;
  }

  /** Names with commas between them; an empty string is an empty list. */
  nameList(): string[] {
    const bytes = this.string(MAX_NAMES * (MAX_NAME_LENGTH + 1));
    if (bytes.length === 0) return [];
    const names = bytes.toString('latin1').split(',');
    if (names.length > MAX_NAMES) throw new CodecError('limit', 'A list of names is too long.');
    for (const name of names) {
      if (!NAME.test(name)) throw new CodecError('encoding', 'A name in a message is malformed.');
    }
    return names;
  }

  /**
   * A positive integer as its big-endian magnitude without leading zeros; zero
   * is no bytes. Negative ones and superfluous zeros are refused: the same key
   * must not have two encodings.
   */
  mpint(): Buffer {
    const bytes = this.string(MAX_MPINT_BYTES + 1);
    const first = bytes[0];
    if (first === undefined) return bytes;
    if (first >= 0x80) throw new CodecError('value', 'An integer in a message is negative.');
    if (first !== 0) return bytes;
    if ((bytes[1] ?? 0) < 0x80) throw new CodecError('value', 'An integer in a message is not minimal.');
    return bytes.subarray(1);
  }

  /** All that is left, as a view. */
  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  /** Nothing may be left over: bytes that one side reads and the other skips are how things are smuggled. */
  finish(): void {
    if (this.#at !== this.#end) throw new CodecError('trailing', 'A message is longer than its fields say.');
  }
}

/** The same bytes as a Buffer; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
