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
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  of(sessionId: string): readonly EventsMessage[] {
    return [...(this.#held.get(sessionId)?.values() ?? [])];
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
    if (held.size > 0) this.#held.set(sessionId, held);
  }
}
