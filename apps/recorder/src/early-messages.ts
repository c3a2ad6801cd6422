import type { EventsMessage } from '@sallyport/session-events';

/**
 * Messages whose events cannot be written yet, because events before them have
 * not arrived. They are not acknowledged, so JetStream keeps them too: what is
 * beyond the bound is let go, and comes again.
 */
export class EarlyMessages {
  readonly #maxBytes: number;
  /** By session, then by place in the stream, so that a redelivery replaces what it repeats. */
  readonly #held = new Map<string, Map<number, EventsMessage>>();
  /** Since when, by session, something waits. */
  readonly #since = new Map<string, number>();
  readonly #clock: () => number;
  #bytes = 0;

  /** @param clock milliseconds that never go back. */
  constructor(maxBytes: number, clock: () => number) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  get bytes(): number {
    return this.#bytes;
  }

  of(sessionId: string): readonly EventsMessage[] {
    return [...(this.#held.get(sessionId)?.values() ?? [])];
  }

  /** Sessions of which something has waited for so long. */
  waitingFor(ageMs: number): readonly string[] {
    const before = this.#clock() - ageMs;
    return [...this.#since].flatMap(([sessionId, since]) => (since <= before ? [sessionId] : []));
  }

  /** Holds exactly `messages` of the session from now on, as far as there is room. */
  replace(sessionId: string, messages: readonly EventsMessage[]): void {
    for (const { byteLength } of this.of(sessionId)) this.#bytes -= byteLength;
    this.#held.delete(sessionId);
    const held = new Map<number, EventsMessage>();
    for (const message of messages) {
      if (this.#bytes + message.byteLength > this.#maxBytes) continue;
      held.set(message.streamSequence, message);
      this.#bytes += message.byteLength;
    }
    if (messages.length === 0) this.#since.delete(sessionId);
    else if (!this.#since.has(sessionId)) this.#since.set(sessionId, this.#clock());
    if (held.size > 0) this.#held.set(sessionId, held);
  }
}
