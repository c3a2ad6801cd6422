/** The bytes are no encoded protobuf message. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
const MAX_VARINT_BYTES = 10;

/**
 * Goes over the fields of an encoded protobuf message, without decoding what is in them
 * and without making an object for each: some hundred nanoseconds for a statement.
 * https://protobuf.dev/programming-guides/encoding/
 */
export class MessageFields {
  /** Number of the field at hand. */
  number = 0;
  wireType = 0;
  /** Where it goes on after its tag: its length, if it has one, comes first. */
  afterTag = 0;
  /** Where its content begins. */
  start = 0;
  /** Where it ends. */
  end: number;
  readonly #bytes: Uint8Array;
  readonly #limit: number;
  #varint = 0;

  /** The message lies between `start` and `end` of `bytes`. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.end = start;
    this.#limit = end;
  }

  /**
   * Goes to the next field; false behind the last one.
   * @throws MalformedMessageError
   */
  next(): boolean {
    if (this.end >= this.#limit) return false;
    this.afterTag = this.#readVarint(this.end);
    this.number = Math.floor(this.#varint / 8);
    this.wireType = this.#varint % 8;
    this.start = this.wireType === LENGTH_DELIMITED ? this.#readVarint(this.afterTag) : this.afterTag;
    this.end = this.#endOfContent();
    if (this.end > this.#limit || this.number === 0) throw new MalformedMessageError('no field of a message');
    return true;
  }

  /** The field's number, where it is one; exact up to 2^53. */
  varint(): number {
    if (this.wireType !== VARINT) return 0;
    this.#readVarint(this.start);
    return this.#varint;
  }

  get isLengthDelimited(): boolean {
    return this.wireType === LENGTH_DELIMITED;
  }

  #endOfContent(): number {
    if (this.wireType === LENGTH_DELIMITED) return this.start + this.#varint;
    if (this.wireType === VARINT) return this.#readVarint(this.start);
    if (this.wireType === FIXED_64) return this.start + 8;
    if (this.wireType === FIXED_32) return this.start + 4;
    throw new MalformedMessageError('no wire type of a message');
  }

  /** Keeps the value and returns where it ends. */
  #readVarint(offset: number): number {
    let value = 0;
    let scale = 1;
    for (let at = offset; at < this.#limit && at < offset + MAX_VARINT_BYTES; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#varint = value;
        return at + 1;
      }
      scale *= 0x80;
    }
    throw new MalformedMessageError('no varint');
  }
}
