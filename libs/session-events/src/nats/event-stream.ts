import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { isSessionId } from '@sallyport/recording-format';

/** The stream that all session events go through. */
export const EVENT_STREAM = 'SALLYPORT_EVENTS';
/** The recorder's durable consumer of it. */
export const RECORDER_CONSUMER = 'recorder';

const EVENT_SUBJECTS = 'sallyport.events.';
const DRAINED_SUBJECTS = 'sallyport.drained.';

/** Repeats inside this are dropped by JetStream; later ones by the recorder. */
const DUPLICATE_WINDOW_MS = 120_000;
/** What the recorder took and did not acknowledge comes again after this. */
export const ACK_WAIT_MS = 15_000;
const NANOS_PER_MS = 1_000_000;

export interface EventStreamOptions {
  /** Copies that JetStream keeps, 1, 3 or 5; default 1. Used when the stream is made. */
  readonly replicas?: number;
  /** Bytes it may hold; then it refuses, and spools hold what follows. Default: as much as NATS lets it. */
  readonly maxBytes?: number;
}

/** Where batches of a session's events are published. */
export function eventSubject(sessionId: string): string {
  return EVENT_SUBJECTS + token(sessionId);
}

/** Where it is said that no more events of a session will come. */
export function drainedSubject(sessionId: string): string {
  return DRAINED_SUBJECTS + token(sessionId);
}

/** What a message of the stream is about; undefined for a subject that is not one of the stream's. */
export function parseSubject(
  subject: string,
): { readonly kind: 'events' | 'drained'; readonly sessionId: string } | undefined {
  const kind = subject.startsWith(EVENT_SUBJECTS) ? 'events' : 'drained';
  const prefix = kind === 'events' ? EVENT_SUBJECTS : DRAINED_SUBJECTS;
  const sessionId = subject.slice(prefix.length);
  return subject.startsWith(prefix) && isSessionId(sessionId) ? { kind, sessionId } : undefined;
}

function token(sessionId: string): string {
  if (!isSessionId(sessionId)) throw new RangeError('not a session id');
  return sessionId;
}

/** The stream exists, but as it is it could lose events. */
export class UnsafeStreamError extends Error {
  override readonly name = 'UnsafeStreamError';
}

/**
 * Makes the stream where it is missing, and checks it where it is not: an
 * operator may have other limits and replicas, but nothing that drops events.
 *
 * It keeps each message until the recorder acknowledges it (work queue), and
 * refuses new ones when it is full rather than dropping old ones.
 * @throws UnsafeStreamError, or an error of NATS.
 */
export async function ensureEventStream(
  jsm: JetStreamManager,
  options: EventStreamOptions = {},
): Promise<StreamInfo> {
  const info = await findStream(jsm, EVENT_STREAM);
  if (info === undefined) {
    return jsm.streams.add({
      name: EVENT_STREAM,
      subjects: [`${EVENT_SUBJECTS}*`, `${DRAINED_SUBJECTS}*`],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      storage: StorageType.File,
      duplicate_window: DUPLICATE_WINDOW_MS * NANOS_PER_MS,
      num_replicas: options.replicas ?? 1,
      max_bytes: options.maxBytes ?? -1,
    });
  }
  const { config } = info;
  const faults = [
    config.retention === RetentionPolicy.Workqueue ? [] : 'its retention is not "workqueue"',
    config.discard === DiscardPolicy.New ? [] : 'it discards old messages when it is full',
    config.max_age === 0 ? [] : 'its messages expire',
    config.storage === StorageType.File ? [] : 'it is kept in memory',
  ].flat();
  if (faults.length > 0)
    throw new UnsafeStreamError(`the stream ${EVENT_STREAM} could lose events: ${faults.join(', ')}`);
  return info;
}

/**
 * Makes the recorder's consumer anew. In a work queue all that matters is in the
 * stream: what is there was not acknowledged. A consumer that begins from the
 * start delivers that at once and in order, without waiting for what a recorder
 * that crashed had taken.
 */
export async function renewRecorderConsumer(jsm: JetStreamManager): Promise<void> {
  await jsm.consumers.delete(EVENT_STREAM, RECORDER_CONSUMER).catch((error: unknown) => {
    if (!(error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound))
      throw error;
  });
  await jsm.consumers.add(EVENT_STREAM, {
    durable_name: RECORDER_CONSUMER,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_MS * NANOS_PER_MS,
    // No bound: what waits for an earlier event of its session must not keep that event from coming.
    max_ack_pending: -1,
    max_deliver: -1,
  });
}

/** A stream as it is, or undefined. */
export async function findStream(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      return undefined;
    throw error;
  }
}
