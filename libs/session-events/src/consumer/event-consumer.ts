import {
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { decodeDrained } from '../nats/drained-message.ts';
import {
  ensureEventStream,
  renewRecorderConsumer,
  EVENT_STREAM,
  eventSubject,
  parseSubject,
  RECORDER_CONSUMER,
  type EventStreamOptions,
} from '../nats/event-stream.ts';
import { decodeBatch } from '../publisher/event-batch.ts';

/** What the recorder does with a message once it knows. Doing nothing brings it again after 15 s. */
interface Settlement {
  /** The message's place in the stream: the same when it is delivered again. */
  readonly streamSequence: number;
  /** What it says is durable, or was already: JetStream may forget it. */
  ack(): void;
  /** It can never be used: JetStream may forget it. */
  reject(reason: string): void;
  /** Not yet; it comes again after `delayMs`. */
  later(delayMs: number): void;
}

/** A message of the stream of session events. */
export type ArrivedMessage =
  | (Settlement & {
      readonly kind: 'events';
      readonly sessionId: string;
      readonly events: readonly Uint8Array[];
      readonly byteLength: number;
    })
  | (Settlement & {
      readonly kind: 'drained';
      readonly sessionId: string;
      readonly lastSequence: number;
      readonly byteLength: number;
    });

export interface ConsumeOptions {
  /** Bytes asked of NATS at a time. It ends a connection that 64 MiB wait for, so keep well below; default 8 MiB. */
  readonly pullBytes?: number;
  /** Told of messages that are not what the stream carries; they are dropped from it. */
  readonly onUnusable: (subject: string, reason: string) => void;
}

/**
 * The recorder's end of the stream. Work comes in groups: all that arrived while
 * the group before was being handled. Nothing is acknowledged but by the handler.
 */
export class EventConsumer {
  readonly #manager: JetStreamManager;
  readonly #messages: ConsumerMessages;
  readonly #options: ConsumeOptions;

  private constructor(manager: JetStreamManager, messages: ConsumerMessages, options: ConsumeOptions) {
    this.#manager = manager;
    this.#messages = messages;
    this.#options = options;
  }

  /** Makes the stream where it is missing and begins with its first message. Only one recorder may at a time. */
  static async start(
    connection: NatsConnection,
    stream: EventStreamOptions,
    options: ConsumeOptions,
  ): Promise<EventConsumer> {
    const manager = await jetstreamManager(connection);
    await ensureEventStream(manager, stream);
    await renewRecorderConsumer(manager);
    const consumer = await jetstream(connection).consumers.get(EVENT_STREAM, RECORDER_CONSUMER);
    const messages = await consumer.consume({
      max_bytes: options.pullBytes ?? 8 * 1024 * 1024,
      expires: 10_000,
    });
    return new EventConsumer(manager, messages, options);
  }

  /**
   * Hands groups of messages to `handle`, one group at a time, until `stop` or
   * until the connection ends.
   * @throws what `handle` throws.
   */
  async run(handle: (group: readonly ArrivedMessage[]) => Promise<void>): Promise<void> {
    const waiting: ArrivedMessage[] = [];
    let bytes = 0;
    let handling: Promise<void> | undefined;
    let failure: { readonly error: unknown } | undefined;
    const next = async (): Promise<void> => {
      while (waiting.length > 0 && failure === undefined) {
        bytes = 0;
        await handle(waiting.splice(0)).catch((error: unknown) => {
          failure = { error };
          this.stop();
        });
      }
      handling = undefined;
    };
    for await (const message of this.#messages) {
      const arrived = this.#read(message);
      if (arrived === undefined) continue;
      waiting.push(arrived);
      bytes += arrived.byteLength;
      handling ??= Promise.resolve().then(next);
      // Backpressure: what is not taken off the iterator is not asked of NATS.
      if (bytes >= (this.#options.pullBytes ?? 8 * 1024 * 1024)) await handling;
    }
    await handling;
    if (failure !== undefined) throw failure.error;
  }

  /** Takes no more messages; what was taken and not settled comes again. */
  stop(): void {
    this.#messages.stop();
  }

  /** Messages with events of a session that are in the stream, delivered or not: 0 means nothing more can come of it. */
  async remaining(sessionId: string): Promise<number> {
    const subject = eventSubject(sessionId);
    const { state } = await this.#manager.streams.info(EVENT_STREAM, { subjects_filter: subject });
    return state.subjects?.[subject] ?? 0;
  }

  #read(message: JsMsg): ArrivedMessage | undefined {
    const settlement: Settlement = {
      streamSequence: message.seq,
      ack: () => {
        message.ack();
      },
      reject: (reason) => {
        message.term(reason);
      },
      later: (delayMs) => {
        message.nak(delayMs);
      },
    };
    const subject = parseSubject(message.subject);
    const content = subject === undefined ? undefined : contentOf(subject.kind, message.data);
    if (subject === undefined || content === undefined) {
      const reason = subject === undefined ? 'not a subject of session events' : 'its bytes are damaged';
      this.#options.onUnusable(message.subject, reason);
      settlement.reject(reason);
      return undefined;
    }
    const { sessionId } = subject;
    return { ...settlement, sessionId, byteLength: message.data.length, ...content };
  }
}

function contentOf(kind: 'events' | 'drained', payload: Uint8Array) {
  if (kind === 'drained') {
    const lastSequence = decodeDrained(payload);
    return lastSequence === undefined ? undefined : { kind, lastSequence };
  }
  try {
    return { kind, events: decodeBatch(payload) };
  } catch {
    return undefined;
  }
}
