import type {
  Event,
  HoldCreated,
  HoldSettled,
  Input,
  Output,
  PolicyChanged,
  SessionClosed,
  SessionOpened,
  StatementDecided,
  StatementFinished,
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

export interface ReadStatementsOptions {
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
  const timeline = new Timeline(options.maxDataBytes ?? 1024 * 1024);
  for await (const event of events) {
    timeline.add(event);
    yield* timeline.takeReady();
  }
  yield* timeline.takeAll();
}

class Timeline {
  readonly #maxDataBytes: number;
  readonly #open = new Map<string, OpenStatement>();
  #queue: TimelineItem[] = [];

  constructor(maxDataBytes: number) {
    this.#maxDataBytes = maxDataBytes;
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

  #data(
    type: 'input' | 'output',
    { statementId, channel, format, data }: Input | Output,
    at: RecordedAt,
  ): void {
    const chunk = { ...at, channel, format, data };
    const statement = this.#open.get(statementId);
    if (statement === undefined) {
      this.#queue.push({ type, ...chunk });
    } else if (statement.keptBytes + data.length > this.#maxDataBytes) {
      statement.omittedBytes += data.length;
    } else {
      statement.keptBytes += data.length;
      (type === 'input' ? statement.inputs : statement.outputs).push(chunk);
    }
  }

  #finish(finished: StatementFinished, at: RecordedAt): void {
    const statement = this.#open.get(finished.statementId);
    if (statement === undefined) return;
    statement.finished = { ...finished, at };
    this.#open.delete(finished.statementId);
  }
}
