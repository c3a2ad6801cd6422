import { isUtf8, type Buffer } from 'node:buffer';
import { HEADER_BYTES, type Frame } from './frame.ts';
import { protocolViolation } from './protocol-violation.ts';

/**
 * Reads a message's fields in order. Every read is checked against the end of
 * the message, so a wrong length inside it can neither read a neighbour's
 * bytes nor make anything allocate. @throws AccessError protocol_violation
 */
export class MessageCursor {
  readonly source: Buffer;
  readonly end: number;
  #at: number;

  constructor(source: Buffer, start: number, end: number) {
    this.source = source;
    this.#at = start;
    this.end = end;
  }

  /** Over the body of a frame; the type must be `type`, so that no decoder reads another message's bytes. */
  static over(frame: Frame, type: number): MessageCursor {
    if (frame.type !== type) throw protocolViolation('A message of another type was expected.');
    return new MessageCursor(frame.source, frame.start + HEADER_BYTES, frame.end);
  }

  get at(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.end - this.#at;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count < 0 || count > this.end - at)
      throw protocolViolation('A message is shorter than its fields say.');
    this.#at = at + count;
    return at;
  }

  uint8(): number {
    return this.source.readUInt8(this.#take(1));
  }

  int16(): number {
    return this.source.readInt16BE(this.#take(2));
  }

  /** A count of things that follow: never negative, and never more than could fit with `bytesEach` bytes each. */
  count16(bytesEach: number): number {
    const count = this.int16();
    if (count < 0 || count * bytesEach > this.remaining) {
      throw protocolViolation('A message is shorter than its counts say.');
    }
    return count;
  }

  int32(): number {
    return this.source.readInt32BE(this.#take(4));
  }

  uint32(): number {
    return this.source.readUInt32BE(this.#take(4));
  }

  /** `count` bytes as a view of the source. */
  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.source.subarray(at, at + count);
  }

  /** A length word and that many bytes; null for length -1. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    if (length === -1) return null;
    return this.bytes(length);
  }

  /** All that is left, as a view. */
  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  /** A zero-terminated string. Malformed UTF-8 is refused: what would be read is not what the peer means. */
  text(): string {
    const text = this.textOrNull();
    if (text === null) throw protocolViolation('A string in a message is not valid UTF-8.');
    return text;
  }

  /** As `text`, but null for malformed UTF-8, for the caller to refuse with a better answer. */
  textOrNull(): string | null {
    const start = this.#at;
    return decodeUtf8(this.source, start, this.#stringEnd());
  }

  /** As `text`, malformed UTF-8 replaced: only for what is shown to people, never for what is decided on. */
  displayText(): string {
    const start = this.#at;
    return this.source.toString('utf8', start, this.#stringEnd());
  }

  /** Where the string at hand ends; its terminator is read too. */
  #stringEnd(): number {
    const zero = this.source.indexOf(0, this.#at);
    if (zero === -1 || zero >= this.end) throw protocolViolation('A string in a message has no end.');
    this.#at = zero + 1;
    return zero;
  }

  /** Nothing may be left over: bytes that one side reads and the other skips are how things are smuggled. */
  finish(): void {
    if (this.#at !== this.end) throw protocolViolation('A message is longer than its fields say.');
  }
}

/** Text of UTF-8 bytes, all of them or those of a region, or null when they are malformed. */
export function decodeUtf8(bytes: Buffer, start = 0, end = bytes.length): string | null {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\uFFFD') && !isUtf8(bytes.subarray(start, end)) ? null : text;
}
