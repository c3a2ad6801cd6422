import { BODY_FIELD, readEnvelope, type EventEnvelope } from './event-envelope.ts';
import { equalBytes } from './equal-bytes.ts';

/**
 * What to do with an event that arrives for a recording. `next`: append it.
 * `old`: it is there already. `early`: events before it have not arrived yet.
 * The rest can never be part of this recording: `malformed`, `foreign` (of
 * another session), `unchained` (does not carry the hash of the event before),
 * `after-close`.
 */
export type Arrival = 'next' | 'old' | 'early' | 'malformed' | 'foreign' | 'unchained' | 'after-close';

/** An arrived event, and what is to be done with it. */
export type JudgedEvent =
  | { readonly arrival: Exclude<Arrival, 'malformed'>; readonly envelope: EventEnvelope }
  | { readonly arrival: 'malformed'; readonly envelope: undefined };

/** The end of one recording: all that is needed to know what may follow. */
export class RecordingTail {
  readonly sessionId: string;
  #lastSequence = 0;
  #lastHash: Uint8Array = new Uint8Array();
  #closed = false;

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  /** 0 before the first event. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** SHA-256 of the last event; empty before the first. */
  get lastHash(): Uint8Array {
    return this.#lastHash;
  }

  /** Whether the last event is the close of the session. */
  get closed(): boolean {
    return this.#closed;
  }

  /** A tail that can go ahead of this one, until it is known whether the recording did. */
  copy(): RecordingTail {
    const copy = new RecordingTail(this.sessionId);
    copy.become(this);
    return copy;
  }

  /** Stands where `other` does. */
  become(other: RecordingTail): void {
    this.#lastSequence = other.#lastSequence;
    this.#lastHash = other.#lastHash;
    this.#closed = other.#closed;
  }

  judge(event: Uint8Array): JudgedEvent {
    const envelope = readEnvelope(event);
    if (envelope === undefined) return { arrival: 'malformed', envelope };
    return { arrival: this.#judge(envelope), envelope };
  }

  /** The event with this envelope and hash is now the last. */
  advance(envelope: EventEnvelope, hash: Uint8Array): void {
    this.#lastSequence = envelope.sequence;
    this.#lastHash = hash;
    this.#closed = envelope.bodyField === BODY_FIELD.sessionClosed;
  }

  #judge(envelope: EventEnvelope): Exclude<Arrival, 'malformed'> {
    if (envelope.sessionId !== this.sessionId) return 'foreign';
    if (envelope.sequence <= this.#lastSequence) return 'old';
    if (this.#closed) return 'after-close';
    if (envelope.sequence > this.#lastSequence + 1) return 'early';
    return equalBytes(envelope.previousHash ?? new Uint8Array(), this.#lastHash) ? 'next' : 'unchained';
  }
}
