import { readEnvelope } from '@sallyport/recording-format';

/** Consecutive events of one session, to be published as one message. */
export interface EventBatch {
  readonly sessionId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Whole records. */
  readonly payload: Uint8Array;
}

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
    return batches.map(({ sessionId, firstSequence, lastSequence, records }) => ({
      sessionId,
      firstSequence,
      lastSequence,
      payload: records.length === 1 && records[0] !== undefined ? records[0] : Buffer.concat(records),
    }));
  }
}
