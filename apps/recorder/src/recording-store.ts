import { glanceAtEvent, type Arrival, type RecordingWriter } from '@sallyport/recording-format';
import type { ArrivedMessage, DrainedMessage, EventsMessage } from '@sallyport/session-events';
import { EarlyMessages } from './early-messages.ts';
import type { Ledger } from './ledger.ts';
import { OpenRecordings } from './open-recordings.ts';
import type { Sealer } from './sealer.ts';
import { Turns } from './turns.ts';

export interface RecordingStoreOptions {
  readonly directory: string;
  readonly ledger: Ledger;
  readonly sealer: Sealer;
  readonly maxOpenFiles: number;
  readonly maxEarlyBytes: number;
  readonly stream: EventStreamPort;
  readonly observe: RecordingObserver;
  /** Milliseconds that never go back; default performance.now. */
  readonly monotonicClock?: () => number;
}

/** What the store asks of the stream; EventConsumer is the real one. */
export interface EventStreamPort {
  /** Messages with events of a session that are still in the stream. */
  remaining(sessionId: string): Promise<number>;
  /** Gives up parts of events whose other parts will not come. */
  discardPartial(sessionId: string): void;
}

/** What is worth counting and saying. */
export interface RecordingObserver {
  written(events: number, bytes: number): void;
  sealed(sessionId: string, closed: boolean): void;
  /** A message that can never be part of its recording. Its events are lost to it. */
  rejected(sessionId: string, reason: Exclude<Arrival, 'next' | 'old' | 'early'> | 'gap'): void;
}

/** A session's messages of one group, and what became of them. */
interface Placed {
  readonly sessionId: string;
  readonly recording: RecordingWriter;
  readonly done: EventsMessage[];
  readonly early: EventsMessage[];
  readonly rejected: {
    readonly message: EventsMessage;
    readonly reason: Exclude<Arrival, 'next' | 'old' | 'early'>;
  }[];
}

const RETRY_DRAINED_MS = 2000;
/**
 * A proxy publishes the events of a session in order, and again from the start of what was not
 * acknowledged. What has not come this long after a later event was lost on its way.
 */
const GAP_IS_LASTING_MS = 600_000;
const SYNCS_AT_ONCE = 8;

/**
 * Puts events into recordings. The order is the point of it:
 *
 *     note in the ledger -> append -> sync -> acknowledge -> seal if closed
 *
 * so that whatever is acknowledged is on the disk, and whatever is not comes
 * again and changes nothing that is there already. After an error a group can
 * be taken again as a whole.
 */
export class RecordingStore {
  readonly #options: RecordingStoreOptions;
  readonly #recordings: OpenRecordings;
  readonly #early: EarlyMessages;
  readonly #turns = new Turns();

  constructor(options: RecordingStoreOptions) {
    this.#options = options;
    this.#recordings = new OpenRecordings(options.directory, options.ledger, options.maxOpenFiles);
    this.#early = new EarlyMessages(
      options.maxEarlyBytes,
      options.monotonicClock ?? (() => performance.now()),
    );
  }

  /** Bytes of messages that wait for earlier events. */
  get earlyBytes(): number {
    return this.#early.bytes;
  }

  /** @throws an error of the disk; nothing of the group that is not durable was acknowledged. */
  take(group: readonly ArrivedMessage[]): Promise<void> {
    return this.#turns.run(async () => {
      const placed: Placed[] = [];
      const sessions = bySession(group);
      await this.#options.ledger.begin(sessions.keys());
      for (const [sessionId, messages] of sessions) placed.push(await this.#place(sessionId, messages));
      await syncAll(placed.map(({ recording }) => recording));
      for (const one of placed) this.#settle(one);
      for (const { sessionId, recording } of placed) await this.#sealIfClosed(sessionId, recording);
      for (const message of group) if (message.kind === 'drained') await this.#drain(message);
      await this.#recordings.closeSurplus();
    });
  }

  /** Seals the recording of a session that the control plane calls lost, if nothing more of it is under way. */
  sealLost(sessionId: string): Promise<void> {
    return this.#turns.run(async () => {
      if (await this.#endOfEvents(sessionId)) await this.#sealAsItIs(sessionId);
    });
  }

  /** Ends recordings that have a gap which will not be filled: they are sealed as broken before it. */
  giveUpGaps(): Promise<void> {
    return this.#turns.run(async () => {
      for (const sessionId of this.#early.waitingFor(GAP_IS_LASTING_MS)) await this.#sealAsItIs(sessionId);
    });
  }

  /** Looks at an unfinished recording: how long it is, and whether it wants sealing. */
  look(sessionId: string): Promise<void> {
    return this.#turns.run(async () => {
      const recording = await this.#recordings.open(sessionId);
      await this.#sealIfClosed(sessionId, recording);
      await this.#recordings.closeSurplus();
    });
  }

  close(): Promise<void> {
    return this.#turns.run(() => this.#recordings.closeAll());
  }

  async #place(sessionId: string, messages: readonly EventsMessage[]): Promise<Placed> {
    const recording = await this.#recordings.open(sessionId);
    // A message that came again replaces the one held, so that the newest delivery is acknowledged.
    const all = new Map(
      [...this.#early.of(sessionId), ...messages].map((message) => [message.streamSequence, message]),
    );
    const entries = [...all.values()]
      .flatMap((message) =>
        message.events.map((event) => ({ message, event, sequence: glanceAtEvent(event)?.sequence ?? 0 })),
      )
      .sort((one, other) => one.sequence - other.sequence);
    const before = recording.size;
    const arrivals = await recording.append(entries.map(({ event }) => event));
    const fates = new Map<EventsMessage, Arrival>();
    entries.forEach(({ message }, index) => {
      fates.set(message, worse(fates.get(message), arrivals[index]));
    });
    this.#options.observe.written(
      arrivals.filter((arrival) => arrival === 'next').length,
      Math.max(0, recording.size - before),
    );
    return sort(sessionId, recording, [...all.values()], fates);
  }

  #settle({ sessionId, recording, done, early, rejected }: Placed): void {
    this.#early.replace(sessionId, early);
    this.#note(sessionId, recording);
    for (const message of done) message.ack();
    for (const { message, reason } of rejected) {
      message.reject(reason);
      this.#options.observe.rejected(sessionId, reason);
    }
  }

  async #drain(message: DrainedMessage): Promise<void> {
    const { sessionId, lastSequence } = message;
    const recording = await this.#recordings.open(sessionId);
    const complete = recording.tail.lastSequence >= lastSequence;
    if (!complete && !(await this.#endOfEvents(sessionId))) message.later(RETRY_DRAINED_MS);
    else if (await this.#sealAsItIs(sessionId)) message.ack();
    else message.later(RETRY_DRAINED_MS);
  }

  /** Whether the stream has nothing of a session but what waits here for events that will not come. */
  async #endOfEvents(sessionId: string): Promise<boolean> {
    const held = this.#early.of(sessionId).reduce((sum, message) => sum + message.streamMessages, 0);
    return (await this.#options.stream.remaining(sessionId)) <= held;
  }

  /** Seals what arrived; what could not be placed is given up. False while it cannot be sealed. */
  async #sealAsItIs(sessionId: string): Promise<boolean> {
    const recording = await this.#recordings.open(sessionId);
    if (!(await this.#seal(sessionId, recording))) return false;
    for (const message of this.#early.of(sessionId)) {
      message.reject('the events before it never arrived');
      this.#options.observe.rejected(sessionId, 'gap');
    }
    this.#early.replace(sessionId, []);
    this.#options.stream.discardPartial(sessionId);
    return true;
  }

  async #sealIfClosed(sessionId: string, recording: RecordingWriter): Promise<void> {
    if (recording.tail.closed) await this.#seal(sessionId, recording);
    else this.#note(sessionId, recording);
  }

  /** Seals a recording that is not sealed yet, and closes its file. False while there is no certificate to seal with. */
  async #seal(sessionId: string, recording: RecordingWriter): Promise<boolean> {
    const fresh = recording.seal === undefined;
    const sealed = !fresh || (await this.#options.sealer.seal(recording));
    this.#note(sessionId, recording);
    if (!sealed) return false;
    if (fresh) this.#options.observe.sealed(sessionId, recording.tail.closed);
    await this.#recordings.close(sessionId);
    return true;
  }

  /** Tells the ledger, and through it the indexer, what is on the disk. */
  #note(sessionId: string, recording: RecordingWriter): void {
    const entry = this.#options.ledger.get(sessionId);
    if (entry === undefined) return;
    entry.durableSize = recording.size;
    entry.closed = recording.tail.closed;
    entry.seal = recording.seal;
  }
}

function bySession(group: readonly ArrivedMessage[]): Map<string, EventsMessage[]> {
  const sessions = new Map<string, EventsMessage[]>();
  for (const message of group) {
    if (message.kind !== 'events') continue;
    const messages = sessions.get(message.sessionId) ?? [];
    messages.push(message);
    sessions.set(message.sessionId, messages);
  }
  return sessions;
}

async function syncAll(recordings: readonly RecordingWriter[]): Promise<void> {
  const dirty = recordings.filter((recording) => recording.dirty);
  for (let first = 0; first < dirty.length; first += SYNCS_AT_ONCE) {
    await Promise.all(dirty.slice(first, first + SYNCS_AT_ONCE).map((recording) => recording.sync()));
  }
}

/** What decides over a message of several events: one that can never be placed, then one that cannot be yet. */
function worse(one: Arrival | undefined, other: Arrival | undefined): Arrival {
  const rank = (arrival: Arrival | undefined): number =>
    arrival === undefined || arrival === 'next' || arrival === 'old' ? 0 : arrival === 'early' ? 1 : 2;
  return rank(other) > rank(one) ? (other ?? 'old') : (one ?? other ?? 'old');
}

function sort(
  sessionId: string,
  recording: RecordingWriter,
  messages: readonly EventsMessage[],
  fates: ReadonlyMap<EventsMessage, Arrival>,
): Placed {
  const placed: Placed = { sessionId, recording, done: [], early: [], rejected: [] };
  for (const message of messages) {
    const fate = fates.get(message) ?? 'old';
    if (fate === 'next' || fate === 'old') placed.done.push(message);
    else if (fate === 'early') placed.early.push(message);
    else placed.rejected.push({ message, reason: fate });
  }
  return placed;
}
