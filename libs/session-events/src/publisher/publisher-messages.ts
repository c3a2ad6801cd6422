import type { EventStreamOptions } from '../nats/event-stream.ts';
import type { NatsOptions } from '../nats/nats-options.ts';
import type { OrphanedSession } from '../spool/session-sequences.ts';
import type { SpoolDamage } from './spool-cursor.ts';

/** What the publisher's thread is started with. */
export interface PublisherWorkerData {
  readonly directory: string;
  readonly progress: SharedArrayBuffer;
  readonly maxEventBytes: number;
  readonly nats: NatsOptions;
  readonly stream: EventStreamOptions;
  readonly niceness: number;
}

/** To the publisher's thread. */
export type PublisherCommand =
  { readonly type: 'drain'; readonly sessions: readonly OrphanedSession[] } | { readonly type: 'stop' };

/** Figures since the thread began. */
export interface PublisherCounts {
  readonly publishedMessages: number;
  readonly publishedBytes: number;
  /** Times it had to begin again from what was acknowledged. */
  readonly restarts: number;
}

/** From the publisher's thread. */
export type PublisherReport =
  | { readonly type: 'progress'; readonly counts: PublisherCounts }
  | { readonly type: 'drained'; readonly sessionId: string }
  | { readonly type: 'trouble'; readonly message: string | undefined }
  | ({ readonly type: 'damage' } & SpoolDamage);
