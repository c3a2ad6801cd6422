import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { DrainedSession, EventSink, SinkState } from '../publisher/event-sink.ts';
import { MAX_MESSAGE_BYTES, type EventBatch } from '../publisher/session-batcher.ts';
import { encodePart, PART_HEADER } from './batch-part.ts';
import { encodeDrained } from './drained-message.ts';
import { drainedSubject, ensureEventStream, eventSubject, type EventStreamOptions } from './event-stream.ts';
import { connectNats, type NatsOptions } from './nats-options.ts';

/** The longest message, with its subject, message id and headers. */
const MIN_MAX_PAYLOAD_BYTES = MAX_MESSAGE_BYTES + 2048;
const PUBLISH_TIMEOUT_MS = 10_000;

/** Publishes to the stream of session events. One connection at a time, made by `ready`. */
export class JetStreamSink implements EventSink {
  readonly #nats: NatsOptions;
  readonly #stream: EventStreamOptions;
  #connection: NatsConnection | undefined;
  #client: JetStreamClient | undefined;
  #lost: () => void = () => undefined;

  constructor(nats: NatsOptions, stream: EventStreamOptions) {
    this.#nats = nats;
    this.#stream = stream;
  }

  onLost(lost: () => void): void {
    this.#lost = lost;
  }

  /** @throws Error also when the server takes no messages as long as one may be: it would never get through. */
  async ready(): Promise<SinkState> {
    await this.close();
    const connection = await connectNats(this.#nats);
    this.#connection = connection;
    void connection.closed().then(() => {
      if (this.#connection === connection) this.#lost();
    });
    const { max_payload: maxPayload = 0, server_id: serverId = '' } = connection.info ?? {};
    if (maxPayload < MIN_MAX_PAYLOAD_BYTES) {
      throw new Error(
        `NATS takes messages of up to ${maxPayload} bytes; set its max_payload to at least ${MIN_MAX_PAYLOAD_BYTES}`,
      );
    }
    const manager = await jetstreamManager(connection);
    const { state } = await ensureEventStream(manager, this.#stream);
    this.#client = jetstream(connection);
    return { serverId, lastSequence: state.last_seq };
  }

  publish(batch: EventBatch): Promise<number> {
    const { sessionId, firstSequence, lastSequence, payload, part } = batch;
    const range = firstSequence === lastSequence ? `${firstSequence}` : `${firstSequence}-${lastSequence}`;
    if (part === undefined) return this.#publish(eventSubject(sessionId), payload, `${sessionId}:${range}`);
    const label = encodePart({ sequence: firstSequence, ...part });
    return this.#publish(eventSubject(sessionId), payload, `${sessionId}:${label}`, label);
  }

  publishDrained(session: DrainedSession): Promise<number> {
    const { sessionId, lastSequence } = session;
    return this.#publish(
      drainedSubject(sessionId),
      encodeDrained(session),
      `${sessionId}:drained:${lastSequence}`,
    );
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#client = undefined;
    await connection?.close();
  }

  async #publish(subject: string, payload: Uint8Array, msgID: string, part?: string): Promise<number> {
    if (this.#client === undefined) throw new Error('not connected to NATS');
    const options = { msgID, timeout: PUBLISH_TIMEOUT_MS };
    const ack = await this.#client.publish(
      subject,
      payload,
      part === undefined ? options : { ...options, headers: partHeaders(part) },
    );
    return ack.seq;
  }
}

function partHeaders(part: string): MsgHdrs {
  const result = headers();
  result.set(PART_HEADER, part);
  return result;
}
