/**
 * Finds message boundaries in a byte stream (protocol document, 55.2: "Message
 * format"), one instance for each direction of each connection. It reads
 * headers only and copies nothing but a message that is split over chunks and
 * must be handed on whole.
 *
 *     scanner.push(chunk);
 *     for (let part = scanner.next(); part !== null; part = scanner.next()) { ... }
 *
 * Parts come lazily, so that what one message says (a RowDescription that asks
 * for masking) can change the rule for the next one in the same chunk.
 */
import type { Buffer } from 'node:buffer';
import { AccessError } from '@sallyport/errors';
import { HEADER_BYTES, type Frame } from '../wire/frame.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import type { FrameRule, FrameRules, Treatment } from './frame-rules.ts';
import { HeldBytes } from './held-bytes.ts';

/**
 * A region of the chunk (or of a message put together from several), of one type:
 * - `messages`: whole messages; exactly one under the rule `each`;
 * - `stream`: bytes that may begin or end inside a message;
 * - `oversized`: only the header of a message over its limit. The scanner drops the rest of it, so
 *   the session can go on with a refusal; `announcedBytes` is its whole length.
 *
 * `stream` and `messages` together are every byte of the connection, in order, once.
 */
export interface ScannedPart extends Frame {
  readonly kind: 'messages' | 'stream' | 'oversized';
  /** Messages that begin in this part; 0 for the inside of a streamed one. */
  readonly messages: number;
  readonly announcedBytes: number;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

export class FrameScanner {
  readonly #rules: (FrameRule | undefined)[];
  readonly #held = new HeldBytes();
  #chunk: Buffer | null = null;
  #at = 0;
  #end = 0;
  /** Bytes of a streamed message that are still to come, and its type. */
  #streamLeft = 0;
  #streamType = 0;
  /** Bytes of an oversized message that are still to be dropped. */
  #dropLeft = 0;

  constructor(rules: FrameRules) {
    this.#rules = Array.from({ length: 256 }, (_, type) => rules.get(type));
  }

  /** Changes how messages of a type are treated whose header has not been read yet. */
  setRule(type: number, rule: FrameRule): void {
    this.#rules[type] = rule;
  }

  /** Whether the stream may end here: not inside a message, and nothing left to read. */
  get atBoundary(): boolean {
    return this.#held.length === 0 && this.#streamLeft === 0 && this.#dropLeft === 0 && this.#chunk === null;
  }

  /** The next bytes. The chunk must stay as it is until `next` has given null. */
  push(chunk: Buffer): void {
    if (this.#chunk !== null)
      throw new AccessError('internal', 'A chunk was scanned before the last one was done.');
    if (chunk.length === 0) return;
    this.#chunk = chunk;
    this.#at = 0;
    this.#end = chunk.length;
  }

  /**
   * The next part, or null when the chunk is done.
   * @param maxMessages most messages to begin in one part, at least 1; for whoever counts rows
   * @throws AccessError protocol_violation; the scanner must not be used after
   */
  next(maxMessages: number = UNLIMITED): ScannedPart | null {
    const chunk = this.#chunk;
    if (chunk === null) return null;
    if (this.#dropLeft > 0) this.#drop();
    if (this.#at === this.#end) {
      this.#chunk = null;
      return null;
    }
    if (this.#streamLeft > 0) return this.#scanRun(chunk, this.#streamType, 'stream', maxMessages);
    if (this.#held.length > 0 || this.#end - this.#at < HEADER_BYTES) return this.#completeHeld(chunk);
    const type = chunk.readUInt8(this.#at);
    const total = checkedTotal(chunk.readInt32BE(this.#at + 1));
    const rule = this.#ruleOf(type);
    if (total > rule.maxBytes) return this.#oversized(chunk, type, total);
    if (rule.treatment === 'stream') return this.#scanRun(chunk, type, 'stream', maxMessages);
    if (total > this.#end - this.#at) return this.#completeHeld(chunk);
    if (rule.treatment === 'batch') return this.#scanRun(chunk, type, 'batch', maxMessages);
    const start = this.#at;
    this.#at = start + total;
    return {
      kind: 'messages',
      type,
      source: chunk,
      start,
      end: this.#at,
      messages: 1,
      announcedBytes: total,
    };
  }

  #ruleOf(type: number): FrameRule {
    const rule = this.#rules[type];
    if (rule === undefined) throw protocolViolation('A message of an unknown type was sent.');
    return rule;
  }

  /** Hops from header to header while the type stays the same: the loop that all rows go through. */
  #scanRun(chunk: Buffer, type: number, treatment: Treatment, maxMessages: number): ScannedPart {
    const rule = this.#ruleOf(type);
    const maxBytes = rule.maxBytes;
    const limit = rule.treatment === treatment ? maxMessages : 0;
    const start = this.#at;
    const end = this.#end;
    let at = Math.min(end, start + this.#streamLeft);
    let left = this.#streamLeft - (at - start);
    let messages = 0;
    while (messages < limit && end - at >= HEADER_BYTES && chunk[at] === type) {
      const total = chunk.readInt32BE(at + 1) + 1;
      if (total < HEADER_BYTES || total > maxBytes) break;
      if (total > end - at) {
        if (treatment !== 'stream') break;
        left = total - (end - at);
        at = end;
      } else {
        at += total;
      }
      messages += 1;
    }
    this.#at = at;
    this.#streamLeft = left;
    this.#streamType = type;
    const kind = treatment === 'stream' ? 'stream' : 'messages';
    return { kind, type, source: chunk, start, end: at, messages, announcedBytes: 0 };
  }

  /** Goes on with a message whose header or body is split over chunks. */
  #completeHeld(chunk: Buffer): ScannedPart | null {
    this.#at = this.#held.fill(chunk, this.#at, this.#end, HEADER_BYTES);
    if (this.#held.length < HEADER_BYTES) return this.next();
    const type = this.#held.at(0);
    const total = checkedTotal(this.#held.lengthWord());
    const rule = this.#ruleOf(type);
    // The rule may have changed since the header was read; a message that is held in part stays whole.
    const headerOnly = this.#held.length === HEADER_BYTES;
    if (headerOnly && total > rule.maxBytes) return this.#oversizedHeld(type, total);
    if (headerOnly && rule.treatment === 'stream') return this.#streamHeld(type, total);
    this.#at = this.#held.fill(chunk, this.#at, this.#end, total);
    if (this.#held.length < total) return this.next();
    const source = this.#held.take();
    return { kind: 'messages', type, source, start: 0, end: total, messages: 1, announcedBytes: total };
  }

  #streamHeld(type: number, total: number): ScannedPart {
    this.#streamType = type;
    this.#streamLeft = total - HEADER_BYTES;
    const source = this.#held.take();
    return { kind: 'stream', type, source, start: 0, end: HEADER_BYTES, messages: 1, announcedBytes: total };
  }

  #oversizedHeld(type: number, total: number): ScannedPart {
    this.#dropLeft = total - HEADER_BYTES;
    const source = this.#held.take();
    return {
      kind: 'oversized',
      type,
      source,
      start: 0,
      end: HEADER_BYTES,
      messages: 1,
      announcedBytes: total,
    };
  }

  #oversized(chunk: Buffer, type: number, total: number): ScannedPart {
    const start = this.#at;
    this.#at = start + HEADER_BYTES;
    this.#dropLeft = total - HEADER_BYTES;
    return {
      kind: 'oversized',
      type,
      source: chunk,
      start,
      end: this.#at,
      messages: 1,
      announcedBytes: total,
    };
  }

  #drop(): void {
    const dropped = Math.min(this.#dropLeft, this.#end - this.#at);
    this.#at += dropped;
    this.#dropLeft -= dropped;
  }
}

/** The message's whole length, from its length word, which counts itself. */
function checkedTotal(lengthWord: number): number {
  if (lengthWord < HEADER_BYTES - 1) throw protocolViolation('The length of a message is too small.');
  return lengthWord + 1;
}
