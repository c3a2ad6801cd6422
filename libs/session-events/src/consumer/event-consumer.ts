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
import { decodePart, PART_HEADER } from '../nats/batch-part.ts';
import { decodeBatch } from '../publisher/event-batch.ts';
import type { ArrivedMessage, EventsMessage, Settlement } from './arrived-message.ts';
import { PartialEvents, type JoinedParts } from './partial-events.ts';

const PULL_BYTES = 8 * 1024 * 1024;
const GATHER_MS = 300;
/** So much is handled at once. */
const ENOUGH_BYTES = 4 * 1024 * 1024;
/** Memory for events of which parts are missing. */
const MAX_PARTIAL_BYTES = 64 * 1024 * 1024;

export interface ConsumeOptions {
  /** Bytes asked of NATS at a time. It ends a connection that 64 MiB wait for, so keep well below; default 8 MiB. */
  readonly pullBytes?: number;
  /**
   * How long messages are gathered after a quiet time before they are handled, so that a session's are written and
   * synced together; default 300 ms, less where much comes. Until then the stream keeps them.
   */
  readonly gatherMs?: number;
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
  readonly #partial = new PartialEvents(MAX_PARTIAL_BYTES);

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
      max_bytes: options.pullBytes ?? PULL_BYTES,
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
    const { pullBytes = PULL_BYTES, gatherMs = GATHER_MS } = this.#options;
    const waiting: ArrivedMessage[] = [];
    let bytes = 0;
    let handling: Promise<void> | undefined;
    let enough = (): void => undefined;
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
    const gather = async (): Promise<void> => {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, gatherMs);
        enough = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      await next();
    };
    for await (const message of this.#messages) {
      const arrived = this.#read(message);
      if (arrived === undefined) continue;
      waiting.push(arrived);
      bytes += arrived.byteLength;
      handling ??= gather();
      if (bytes >= ENOUGH_BYTES) enough();
      // Backpressure: what is not taken off the iterator is not asked of NATS.
      if (bytes >= pullBytes) await handling;
    }
    enough();
    await handling;
    if (failure !== undefined) throw failure.error;
  }

  /** Takes no more messages; what was taken and not settled comes again. */
  stop(): void {
    this.#messages.stop();
  }

  /**
   * Messages with events of a session that are in the stream, without parts of
   * events that wait here for the rest. Those that the caller holds unsettled count.
   */
  async remaining(sessionId: string): Promise<number> {
    const subject = eventSubject(sessionId);
    const { state } = await this.#manager.streams.info(EVENT_STREAM, { subjects_filter: subject });
    return (state.subjects?.[subject] ?? 0) - this.#partial.count(sessionId);
  }

  /** Gives up parts of events whose other parts will not come. */
  discardPartial(sessionId: string): void {
    this.#partial.discard(sessionId);
  }

  #read(message: JsMsg): ArrivedMessage | undefined {
    const settlement = settlementOf(message);
    const drop = (reason: string): ArrivedMessage | undefined => {
      this.#options.onUnusable(message.subject, reason);
      settlement.reject(reason);
      return undefined;
    };
    const subject = parseSubject(message.subject);
    if (subject === undefined) return drop('not a subject of session events');
    const { sessionId } = subject;
    const byteLength = message.data.length;
    if (subject.kind === 'drained') {
      const lastSequence = decodeDrained(message.data);
      if (lastSequence === undefined) return drop('not a drained message');
      return { kind: 'drained', ...settlement, sessionId, byteLength, lastSequence };
    }
    const header = message.headers?.get(PART_HEADER) ?? '';
    if (header === '')
      return eventsOf({ ...settlement, sessionId, record: message.data, streamMessages: 1 }) ?? drop(DAMAGED);
    const part = decodePart(header);
    if (part === undefined) return drop('not a part of an event');
    const joined = this.#partial.add({ ...settlement, sessionId, part, data: message.data });
    if (joined === undefined) return undefined;
    const arrived = eventsOf(joined);
    if (arrived !== undefined) return arrived;
    this.#options.onUnusable(message.subject, DAMAGED);
    joined.reject(DAMAGED);
    return undefined;
  }
}

const DAMAGED = 'its bytes are damaged';

function settlementOf(message: JsMsg): Settlement {
  return {
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
}

function eventsOf({ record, ...message }: JoinedParts): EventsMessage | undefined {
  try {
    return { kind: 'events', ...message, byteLength: record.length, events: decodeBatch(record) };
  } catch {
    return undefined;
  }
}
