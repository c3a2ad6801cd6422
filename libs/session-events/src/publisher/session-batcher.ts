import { readEnvelope } from '@sallyport/recording-format';

/** One message: consecutive events of one session, or a part of one event that is too large for one. */
export interface EventBatch {
  readonly sessionId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Whole records; or, of a part, some of the bytes of one. */
  readonly payload: Uint8Array;
  readonly part?: BatchPart;
}

/** Which part of an event's record a message is. */
export interface BatchPart {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Largest payload of a message, bytes: NATS takes 1 MiB by default, with subject and headers. Larger records are split. */
export const MAX_MESSAGE_BYTES = 768 * 1024;

interface GrowingBatch {
  readonly sessionId: string;
  readonly firstSequence: number;
  lastSequence: number;
  readonly records: Uint8Array[];
  bytes: number;
}

/** Sorts records of many sessions, as they lie in the spool, into one message a session, or several where it would grow too large. */
export class SessionBatcher {
  readonly #maxBytes: number;
  readonly #growing = new Map<string, GrowingBatch>();
  #full: GrowingBatch[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False for what is no event: it cannot be published, and its writer would not have made it. */
  add(record: Uint8Array, event: Uint8Array): boolean {
    const envelope = readEnvelope(event);
    if (envelope === undefined) return false;
    const { sessionId, sequence } = envelope;
    const batch = this.#growing.get(sessionId);
    if (batch !== undefined && batch.bytes + record.length <= this.#maxBytes) {
      batch.records.push(record);
      batch.bytes += record.length;
      batch.lastSequence = sequence;
      return true;
    }
    if (batch !== undefined) this.#full.push(batch);
    // A session's batches must stay in order, so the one just begun goes behind the one just filled.
    this.#growing.delete(sessionId);
    const begun = {
      sessionId,
      firstSequence: sequence,
      lastSequence: sequence,
      records: [record],
      bytes: record.length,
    };
    this.#growing.set(sessionId, begun);
    return true;
  }

  /** Everything added since the last call; batches of one session in order. */
  take(): EventBatch[] {
    const batches = [...this.#full, ...this.#growing.values()];
    this.#full = [];
    this.#growing.clear();
    return batches.flatMap(({ sessionId, firstSequence, lastSequence, records }) =>
      split({ sessionId, firstSequence, lastSequence, payload: joined(records) }),
    );
  }
}

/** The records one after the other; not copied where they lie so already, as those of a session that is alone do. */
function joined(records: readonly Uint8Array[]): Uint8Array {
  const [first] = records;
  if (first === undefined) return new Uint8Array();
  let end = first.byteOffset;
  for (const record of records) {
    if (record.buffer !== first.buffer || record.byteOffset !== end) return Buffer.concat(records);
    end += record.byteLength;
  }
  return new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset);
}

/** A record that is too large for a message, in parts; anything else as it is. */
function split(batch: EventBatch): EventBatch[] {
  const { payload } = batch;
  const count = Math.ceil(payload.length / MAX_MESSAGE_BYTES);
  if (count <= 1) return [batch];
  return Array.from({ length: count }, (_, index) => ({
    ...batch,
    payload: payload.subarray(index * MAX_MESSAGE_BYTES, (index + 1) * MAX_MESSAGE_BYTES),
    part: { index: index + 1, count },
  }));
}
