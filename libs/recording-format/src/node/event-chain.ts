import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { EventSchema } from '@sallyport/contracts/event';
import { createHash, hash } from 'node:crypto';
import { HASH_BYTES } from '../event-envelope.ts';
import { isSessionId } from '../session-id.ts';
import { checkpointMessage, closeMessage } from '../signed-message.ts';
import { lengthDelimitedTag, readVarint, varintSize, writeVarint } from '../varint.ts';
import type { SigningKey } from './signing-key.ts';
import { wallClock, type UnixClock } from './wall-clock.ts';

/** Largest encoded event, bytes: a statement of 16 MiB with its parameters, effects and decision fits. */
export const MAX_EVENT_BYTES = 24 * 1024 * 1024;
/** Largest `data` of one Output or Input event, bytes. Split longer data over several events. */
export const MAX_DATA_BYTES = 256 * 1024;
/** Up to here an event is copied into one buffer and hashed in one call; beyond, its parts stay where they are. */
const COPY_BYTES = 8 * 1024;

/** The body of an event as `create(EventSchema, ...)` takes it. */
export type EventBody = NonNullable<MessageInitShape<typeof EventSchema>['body']>;

/** One event, encoded, hashed and chained. Its bytes are `parts` one after the other. */
export interface EncodedEvent {
  readonly sequence: number;
  readonly parts: readonly Uint8Array[];
  readonly byteLength: number;
}

/** Where a chain stands: enough to go back to. */
export interface ChainPosition {
  readonly sequence: number;
  /** Hash of the last event, one byte per character (latin1). Empty before the first. */
  readonly hash: string;
  readonly signedSequence: number;
  readonly signedAtUs: number;
}

export interface EventChainOptions {
  /** Letters, digits, `_` and `-`; at most 128. */
  readonly sessionId: string;
  /** The key that the session's certificate names. */
  readonly signer: SigningKey;
  /** Microseconds since 1970; default: the wall clock. */
  readonly clock?: UnixClock;
  /** A checkpoint is due when the last signature is this old; default 1000. */
  readonly checkpointIntervalMs?: number;
  /** And at the latest after this many events; default 4096. */
  readonly checkpointEveryEvents?: number;
  /** Default MAX_EVENT_BYTES. */
  readonly maxEventBytes?: number;
}

/** The event would be longer than an event may be. The chain has not moved. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError';
  readonly byteLength: number;
  readonly maxBytes: number;

  constructor(byteLength: number, maxBytes: number) {
    super(`an event of ${byteLength} bytes is larger than the ${maxBytes} bytes an event may have`);
    this.byteLength = byteLength;
    this.maxBytes = maxBytes;
  }
}

/**
 * The hash chain of one session (DESIGN.md, section 8): numbers events from 1
 * without gaps, gives each the SHA-256 of the one before, and signs.
 *
 * Invariant: whatever it returns must be appended to the spool in that order.
 * If appending failed, go back with `rewind` before the next event; else the
 * recording has a gap that verification reports as loss.
 */
export class EventChain {
  readonly sessionId: string;
  readonly #signer: SigningKey;
  readonly #clock: UnixClock;
  readonly #checkpointIntervalUs: number;
  readonly #checkpointEveryEvents: number;
  readonly #maxEventBytes: number;
  /** Field 1 and the tag of field 2: the same in every event. */
  readonly #prefix: Buffer;
  #sequence = 0;
  #hash = '';
  #signedSequence = 0;
  #signedAtUs: number;
  /** When the newest event was made. */
  #lastAtUs: number;
  #closed = false;

  /** @throws RangeError when the session id is not one. */
  constructor(options: EventChainOptions) {
    if (!isSessionId(options.sessionId)) throw new RangeError('not a session id');
    this.sessionId = options.sessionId;
    this.#signer = options.signer;
    this.#clock = options.clock ?? wallClock;
    this.#checkpointIntervalUs = (options.checkpointIntervalMs ?? 1000) * 1000;
    this.#checkpointEveryEvents = options.checkpointEveryEvents ?? 4096;
    this.#maxEventBytes = options.maxEventBytes ?? MAX_EVENT_BYTES;
    const id = Buffer.from(options.sessionId, 'latin1');
    const lengthBytes = Buffer.alloc(varintSize(id.length));
    writeVarint(lengthBytes, 0, id.length);
    this.#prefix = Buffer.concat([Buffer.of(0x0a), lengthBytes, id, Buffer.of(0x10)]);
    this.#signedAtUs = this.#clock();
    this.#lastAtUs = this.#signedAtUs;
  }

  /** Sequence of the last event; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The position to go back to if what comes next cannot be appended. */
  position(): ChainPosition {
    return {
      sequence: this.#sequence,
      hash: this.#hash,
      signedSequence: this.#signedSequence,
      signedAtUs: this.#signedAtUs,
    };
  }

  /** Forgets every event after `position`: none of them may have reached the spool. */
  rewind(position: ChainPosition): void {
    if (position.sequence > this.#sequence) throw new RangeError('a chain cannot be wound forward');
    this.#sequence = position.sequence;
    this.#hash = position.hash;
    this.#signedSequence = position.signedSequence;
    this.#signedAtUs = position.signedAtUs;
    this.#closed = false;
  }

  /**
   * Encodes any body with protobuf-es. Use `appendEncoded` where each microsecond counts.
   * @throws EventTooLargeError (the chain has not moved); Error after `close`.
   */
  append(body: EventBody): EncodedEvent {
    return this.#appendAt(body, this.#clock());
  }

  /**
   * Links a body that is encoded already: `bodyFieldNumber` from BODY_FIELD,
   * `body` the message's bytes, in parts if need be.
   *
   * Beyond 8 KiB the parts are not copied: they must not change until the
   * spool has called back.
   * @throws EventTooLargeError (the chain has not moved); Error after `close`.
   */
  appendEncoded(bodyFieldNumber: number, body: Uint8Array | readonly Uint8Array[]): EncodedEvent {
    const parts = body instanceof Uint8Array ? [body] : body;
    let bodyBytes = 0;
    for (const part of parts) bodyBytes += part.length;
    const tag = lengthDelimitedTag(bodyFieldNumber);
    return this.#link(tag, parts, bodyBytes, this.#clock());
  }

  /** Signs the chain so far if the newest event is due to be signed, and is not yet. Call after activity. */
  checkpointIfDue(): EncodedEvent | undefined {
    const unsigned = this.#sequence - this.#signedSequence;
    if (this.#closed || unsigned === 0) return undefined;
    const ageUs = this.#lastAtUs - this.#signedAtUs;
    if (unsigned < this.#checkpointEveryEvents && ageUs >= 0 && ageUs < this.#checkpointIntervalUs)
      return undefined;
    return this.checkpoint();
  }

  /**
   * Signs the chain so far, about 40 us.
   * @throws Error before the first event and after `close`.
   */
  checkpoint(): EncodedEvent {
    if (this.#sequence === 0) throw new Error('nothing to sign yet');
    const timeUs = this.#clock();
    const previous = Buffer.from(this.#hash, 'latin1');
    const signature = this.#signer.sign(checkpointMessage(previous, this.#sequence + 1, timeUs));
    const event = this.#appendAt({ case: 'checkpoint', value: { signature } }, timeUs);
    this.#signedSequence = this.#sequence;
    this.#signedAtUs = timeUs;
    return event;
  }

  /**
   * The last event, signed. `reason`: an AccessErrorCode, "client_closed" or "target_closed".
   * @throws Error before the first event and when called twice.
   */
  close(reason: string): EncodedEvent {
    if (this.#sequence === 0) throw new Error('a session that was not opened cannot be closed');
    const timeUs = this.#clock();
    const previous = Buffer.from(this.#hash, 'latin1');
    const signature = this.#signer.sign(closeMessage(previous, this.#sequence + 1, timeUs, reason));
    const event = this.#appendAt({ case: 'sessionClosed', value: { reason, signature } }, timeUs);
    this.#closed = true;
    return event;
  }

  #appendAt(body: EventBody, timeUs: number): EncodedEvent {
    // An event with nothing but its body: the body's tag and length, then the body.
    const encoded = toBinary(EventSchema, create(EventSchema, { body }));
    const tag = readVarint(encoded, 0);
    const length = tag === undefined ? undefined : readVarint(encoded, tag.end);
    if (tag === undefined || length === undefined) throw new Error('an event has a body');
    return this.#link(tag.value, [encoded.subarray(length.end)], length.value, timeUs);
  }

  /** Writes the envelope and the body's tag and length by hand, in front of the body. */
  #link(tag: number, body: readonly Uint8Array[], bodyBytes: number, timeUs: number): EncodedEvent {
    if (this.#closed) throw new Error('the session is closed; nothing can follow');
    const sequence = this.#sequence + 1;
    const chained = sequence > 1 ? 2 + HASH_BYTES : 0;
    const headBytes =
      this.#prefix.length + varintSize(sequence) + 9 + chained + varintSize(tag) + varintSize(bodyBytes);
    const byteLength = headBytes + bodyBytes;
    if (byteLength > this.#maxEventBytes) throw new EventTooLargeError(byteLength, this.#maxEventBytes);
    const copied = byteLength <= COPY_BYTES;
    const head = Buffer.allocUnsafe(copied ? byteLength : headBytes);
    let at = this.#writeEnvelope(head, sequence, timeUs);
    at = writeVarint(head, writeVarint(head, at, tag), bodyBytes);
    let result: readonly Uint8Array[];
    if (copied) {
      for (const part of body) {
        head.set(part, at);
        at += part.length;
      }
      result = [head];
      this.#hash = hash('sha256', head, 'binary');
    } else {
      result = [head, ...body];
      const digest = createHash('sha256');
      for (const part of result) digest.update(part);
      this.#hash = digest.digest('binary');
    }
    this.#sequence = sequence;
    this.#lastAtUs = timeUs;
    return { sequence, parts: result, byteLength };
  }

  #writeEnvelope(head: Buffer, sequence: number, timeUs: number): number {
    head.set(this.#prefix, 0);
    let at = writeVarint(head, this.#prefix.length, sequence);
    head[at++] = 0x19;
    at = head.writeUInt32LE(timeUs % 0x1_0000_0000, at);
    at = head.writeUInt32LE(Math.floor(timeUs / 0x1_0000_0000), at);
    if (sequence === 1) return at;
    head[at++] = 0x22;
    head[at++] = HASH_BYTES;
    return at + head.write(this.#hash, at, HASH_BYTES, 'latin1');
  }
}
