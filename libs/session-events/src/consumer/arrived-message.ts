/** What the recorder does with a message once it knows. Doing nothing brings it again after 15 s. */
export interface Settlement {
  /** The message's place in the stream: the same when it is delivered again. */
  readonly streamSequence: number;
  /** What it says is durable, or was already: JetStream may forget it. */
  ack(): void;
  /** It can never be used: JetStream may forget it. */
  reject(reason: string): void;
  /** Not yet; it comes again after `delayMs`. */
  later(delayMs: number): void;
}

/** Events of a session, in order. */
export interface EventsMessage extends Settlement {
  readonly kind: 'events';
  readonly sessionId: string;
  readonly events: readonly Uint8Array[];
  readonly byteLength: number;
  /** Messages in the stream that it is made of: more than one for an event that came in parts. */
  readonly streamMessages: number;
}

/** No more events of a session will come; the last that was accepted is `lastSequence`. */
export interface DrainedMessage extends Settlement {
  readonly kind: 'drained';
  readonly sessionId: string;
  readonly lastSequence: number;
  readonly byteLength: number;
}

/** A message of the stream of session events. */
export type ArrivedMessage = EventsMessage | DrainedMessage;
