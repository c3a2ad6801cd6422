import type { EventPart } from '../nats/batch-part.ts';
import type { Settlement } from './arrived-message.ts';

/** A message that is a part of an event. */
export interface PartMessage extends Settlement {
  readonly sessionId: string;
  readonly part: EventPart;
  readonly data: Uint8Array;
}

/** All parts of one event: its whole record, and what settles all of them at once. */
export interface JoinedParts extends Settlement {
  readonly sessionId: string;
  readonly record: Uint8Array;
  readonly streamMessages: number;
}

/**
 * Puts events together that came in parts. Parts are held without being
 * acknowledged, so JetStream has them too; beyond the bound the set begun
 * first is let go, and comes again.
 */
export class PartialEvents {
  readonly #maxBytes: number;
  /** By session, event and number of parts; then by place in the stream, so that a redelivery replaces what it repeats. */
  readonly #sets = new Map<string, Map<number, PartMessage>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The event, if this was the last part that was missing. */
  add(message: PartMessage): JoinedParts | undefined {
    const { sessionId, part } = message;
    const key = `${sessionId} ${part.sequence}/${part.count}`;
    const set = this.#sets.get(key) ?? new Map<number, PartMessage>();
    this.#sets.set(key, set);
    this.#bytes += message.data.length - (set.get(message.streamSequence)?.data.length ?? 0);
    set.set(message.streamSequence, message);
    const parts = [...set.values()];
    const byIndex = new Map(parts.map((one) => [one.part.index, one.data]));
    if (byIndex.size < part.count) {
      this.#makeRoom(key);
      return undefined;
    }
    this.#forget(key);
    const inOrder = [...byIndex].sort(([one], [other]) => one - other).map(([, data]) => data);
    return { sessionId, record: Buffer.concat(inOrder), streamMessages: parts.length, ...settleAll(parts) };
  }

  /** Messages held of a session. */
  count(sessionId: string): number {
    return this.#of(sessionId).reduce((sum, [, set]) => sum + set.size, 0);
  }

  /** Gives up what is held of a session: the rest will not come. */
  discard(sessionId: string): void {
    for (const [key, set] of this.#of(sessionId)) {
      for (const message of set.values()) message.reject('the rest of this event never arrived');
      this.#forget(key);
    }
  }

  #of(sessionId: string): [string, Map<number, PartMessage>][] {
    return [...this.#sets].filter(([key]) => key.startsWith(`${sessionId} `));
  }

  #makeRoom(keep: string): void {
    for (const key of this.#sets.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      if (key !== keep) this.#forget(key);
    }
  }

  #forget(key: string): void {
    for (const { data } of this.#sets.get(key)?.values() ?? []) this.#bytes -= data.length;
    this.#sets.delete(key);
  }
}

function settleAll(parts: readonly PartMessage[]): Settlement {
  return {
    streamSequence: Math.min(...parts.map((part) => part.streamSequence)),
    ack: () => {
      for (const part of parts) part.ack();
    },
    reject: (reason) => {
      for (const part of parts) part.reject(reason);
    },
    later: (delayMs) => {
      for (const part of parts) part.later(delayMs);
    },
  };
}
