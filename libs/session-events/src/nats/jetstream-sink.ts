import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { DrainedSession, EventSink, SinkState } from '../publisher/event-sink.ts';
import type { EventBatch } from '../publisher/session-batcher.ts';
import { encodeDrained } from './drained-message.ts';
import { drainedSubject, ensureEventStream, eventSubject, type EventStreamOptions } from './event-stream.ts';
import { connectNats, type NatsOptions } from './nats-options.ts';

/** What a message is longer than its payload by, at most: subject, message id and framing. */
const MESSAGE_OVERHEAD_BYTES = 2048;
const PUBLISH_TIMEOUT_MS = 10_000;

/** Publishes to the stream of session events. One connection at a time, made by `ready`. */
export class JetStreamSink implements EventSink {
  readonly #nats: NatsOptions;
  readonly #stream: EventStreamOptions;
  readonly #minPayloadBytes: number;
  #connection: NatsConnection | undefined;
  #client: JetStreamClient | undefined;
  #lost: () => void = () => undefined;

  /** @param maxEventBytes the longest event that must fit into a message. */
  constructor(nats: NatsOptions, stream: EventStreamOptions, maxEventBytes: number) {
    this.#nats = nats;
    this.#stream = stream;
    this.#minPayloadBytes = maxEventBytes + MESSAGE_OVERHEAD_BYTES;
  }

  onLost(lost: () => void): void {
    this.#lost = lost;
  }

  /** @throws Error also when the server takes no messages as long as an event may be: they would never get through. */
  async ready(): Promise<SinkState> {
    await this.close();
    const connection = await connectNats(this.#nats);
    this.#connection = connection;
    void connection.closed().then(() => {
      if (this.#connection === connection) this.#lost();
    });
    const { max_payload: maxPayload = 0, server_id: serverId = '' } = connection.info ?? {};
    if (maxPayload < this.#minPayloadBytes) {
      throw new Error(
        `NATS takes messages of up to ${maxPayload} bytes; set its max_payload to at least ${this.#minPayloadBytes}`,
      );
    }
    const manager = await jetstreamManager(connection);
    const { state } = await ensureEventStream(manager, this.#stream);
    this.#client = jetstream(connection);
    return { serverId, lastSequence: state.last_seq };
  }

  publish(batch: EventBatch): Promise<number> {
    const { sessionId, firstSequence, lastSequence, payload } = batch;
    const range = firstSequence === lastSequence ? `${firstSequence}` : `${firstSequence}-${lastSequence}`;
    return this.#publish(eventSubject(sessionId), payload, `${sessionId}:${range}`);
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

  async #publish(subject: string, payload: Uint8Array, msgID: string): Promise<number> {
    if (this.#client === undefined) throw new Error('not connected to NATS');
    const ack = await this.#client.publish(subject, payload, { msgID, timeout: PUBLISH_TIMEOUT_MS });
    return ack.seq;
  }
}
