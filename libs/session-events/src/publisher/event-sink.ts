import type { EventBatch } from './session-batcher.ts';

/** A session of which no more will come. */
export interface DrainedSession {
  readonly sessionId: string;
  /** The last event that was accepted. */
  readonly lastSequence: number;
}

/** How the stream stands when a connection to it begins. */
export interface SinkState {
  /** Changes when the server that answers is another, or was started again. */
  readonly serverId: string;
  /** Sequence of the newest message in the stream. */
  readonly lastSequence: number;
}

/** Where batches go: JetStream, or a spec's stand-in. */
export interface EventSink {
  /** Connects where it is not connected, and looks at the stream. */
  ready(): Promise<SinkState>;
  /** Resolves with the message's sequence in the stream once JetStream has it. */
  publish(batch: EventBatch): Promise<number>;
  publishDrained(session: DrainedSession): Promise<number>;
  /** Called when the connection is lost while nothing waits on it. */
  onLost(lost: () => void): void;
  close(): Promise<void>;
}
