import {
  DataEncoding,
  type Event,
  type HoldCreated,
  type HoldSettled,
  type Input,
  type Output,
  type PolicyChanged,
  type SessionClosed,
  type SessionOpened,
  type StatementDecided,
  type StatementFinished,
} from '@sallyport/contracts/event';

/** When something was recorded. */
export interface RecordedAt {
  readonly sequence: number;
  /** The proxy's clock, microseconds since 1970. */
  readonly timeUnixUs: number;
}

/** Bytes that passed between caller and target. What they mean is for a renderer that knows `format`. */
export interface DataChunk extends RecordedAt {
  readonly channel: string;
  /** "postgres.backend", "terminal", "http.body". */
  readonly format: string;
  readonly data: Uint8Array;
}

/** A hold of a statement; `settled` is undefined when the recording ends before. */
export interface StatementHold {
  readonly created: HoldCreated & { readonly at: RecordedAt };
  readonly settled: (HoldSettled & { readonly at: RecordedAt }) | undefined;
}

/** One statement with everything that belongs to it. */
export interface StatementItem extends RecordedAt {
  readonly type: 'statement';
  readonly statementId: string;
  readonly decided: StatementDecided;
  readonly holds: readonly StatementHold[];
  readonly inputs: readonly DataChunk[];
  readonly outputs: readonly DataChunk[];
  /** Bytes of inputs and outputs beyond `maxDataBytes`, which are in the recording but not here. */
  readonly omittedBytes: number;
  /** Undefined when the recording ends before the statement did. */
  readonly finished: (StatementFinished & { readonly at: RecordedAt }) | undefined;
}

/** What a replay shows, in order of when it began. */
export type TimelineItem =
  | (RecordedAt & { readonly type: 'opened'; readonly opened: SessionOpened })
  | StatementItem
  /** Data that belongs to no statement, such as a notice between two. */
  | (DataChunk & { readonly type: 'output' | 'input' })
  | (RecordedAt & { readonly type: 'policy-changed'; readonly changed: PolicyChanged })
  | (RecordedAt & { readonly type: 'closed'; readonly closed: SessionClosed });

/**
 * Unpacks Zstandard data (RFC 8878) of an event; `decodedBytes` is what the event says comes out.
 * @throws Error when it is not such data, or holds more
 */
export type Decompress = (data: Uint8Array, decodedBytes: number) => Uint8Array;

export interface ReadStatementsOptions {
  /** Unpacks data that is packed; without it such data counts as omitted. */
  readonly decompress?: Decompress;
  /** Bytes of inputs and outputs to keep of one statement; default 1 MiB. */
  readonly maxDataBytes?: number;
}

interface OpenStatement extends StatementItem {
  holds: StatementHold[];
  inputs: DataChunk[];
  outputs: DataChunk[];
  omittedBytes: number;
  finished: StatementItem['finished'];
  keptBytes: number;
}

/**
 * The events of a session as a timeline: each statement once, with its
 * decision, holds, data and end. Blind to protocols. Yields a statement when it
 * is finished and everything before it was yielded, so a live recording can be
 * followed; what is unfinished at the end comes then.
 */
export async function* readStatements(
  events: AsyncIterable<Event> | Iterable<Event>,
  options: ReadStatementsOptions = {},
): AsyncGenerator<TimelineItem, void, undefined> {
  const timeline = new Timeline(options.maxDataBytes ?? 1024 * 1024, options.decompress);
  for await (const event of events) {
    timeline.add(event);
    yield* timeline.takeReady();
  }
  yield* timeline.takeAll();
}

class Timeline {
  readonly #maxDataBytes: number;
  readonly #decompress: Decompress | undefined;
  readonly #open = new Map<string, OpenStatement>();
  #queue: TimelineItem[] = [];

  constructor(maxDataBytes: number, decompress: Decompress | undefined) {
    this.#maxDataBytes = maxDataBytes;
    this.#decompress = decompress;
  }

  takeReady(): TimelineItem[] {
    const unfinished = this.#queue.findIndex(
      (item) => item.type === 'statement' && item.finished === undefined,
    );
    return this.#queue.splice(0, unfinished === -1 ? this.#queue.length : unfinished);
  }

  takeAll(): TimelineItem[] {
    return this.#queue.splice(0);
  }

  add(event: Event): void {
    const at = { sequence: Number(event.sequence), timeUnixUs: Number(event.timeUnixUs) };
    const { body } = event;
    switch (body.case) {
      case 'sessionOpened':
        this.#queue.push({ type: 'opened', ...at, opened: body.value });
        return;
      case 'statementDecided':
        this.#decide(body.value, at);
        return;
      case 'holdCreated':
        this.#open
          .get(body.value.statementId)
          ?.holds.push({ created: { ...body.value, at }, settled: undefined });
        return;
      case 'holdSettled':
        this.#settle(body.value, at);
        return;
      case 'input':
      case 'output':
        this.#data(body.case, body.value, at);
        return;
      case 'statementFinished':
        this.#finish(body.value, at);
        return;
      case 'policyChanged':
        this.#queue.push({ type: 'policy-changed', ...at, changed: body.value });
        return;
      case 'sessionClosed':
        this.#queue.push({ type: 'closed', ...at, closed: body.value });
        return;
      case 'checkpoint':
      case undefined:
        return;
    }
  }

  #decide(decided: StatementDecided, at: RecordedAt): void {
    const statementId = decided.statement?.id ?? '';
    const item: OpenStatement = {
      type: 'statement',
      ...at,
      statementId,
      decided,
      holds: [],
      inputs: [],
      outputs: [],
      omittedBytes: 0,
      keptBytes: 0,
      finished: undefined,
    };
    this.#open.set(statementId, item);
    this.#queue.push(item);
  }

  #settle(settled: HoldSettled, at: RecordedAt): void {
    const holds = this.#open.get(settled.statementId)?.holds;
    const index = holds?.findIndex((hold) => hold.created.holdId === settled.holdId) ?? -1;
    const hold = holds?.[index];
    if (holds !== undefined && hold !== undefined) holds[index] = { ...hold, settled: { ...settled, at } };
  }

  #data(type: 'input' | 'output', message: Input | Output, at: RecordedAt): void {
    const statement = this.#open.get(message.statementId);
    const bytes = message.encoding === DataEncoding.UNSPECIFIED ? message.data.length : message.decodedBytes;
    if (statement !== undefined && statement.keptBytes + bytes > this.#maxDataBytes) {
      statement.omittedBytes += bytes;
      return;
    }
    const data = this.#unpack(message);
    if (data === null) {
      if (statement !== undefined) statement.omittedBytes += bytes;
      return;
    }
    const chunk = { ...at, channel: message.channel, format: message.format, data };
    if (statement === undefined) {
      this.#queue.push({ type, ...chunk });
      return;
    }
    statement.keptBytes += bytes;
    (type === 'input' ? statement.inputs : statement.outputs).push(chunk);
  }

  #unpack({ encoding, data, decodedBytes }: Input | Output): Uint8Array | null {
    switch (encoding) {
      case DataEncoding.UNSPECIFIED:
        return data;
      case DataEncoding.ZSTD:
        return this.#decompress?.(data, decodedBytes) ?? null;
      // An encoding of a later version: there is data, and this reader cannot show it.
      default:
        return null;
    }
  }

  #finish(finished: StatementFinished, at: RecordedAt): void {
    const statement = this.#open.get(finished.statementId);
    if (statement === undefined) return;
    statement.finished = { ...finished, at };
    this.#open.delete(finished.statementId);
  }
}
