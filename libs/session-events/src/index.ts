export { DirectoryInUseError, DirectoryLock } from './spool/directory-lock.ts';
export { NotDurableError, SpoolRefusedError } from './spool/spool-errors.ts';
export {
  Spool,
  type AppendDone,
  type SpoolDurability,
  type SpoolOptions,
  type SpoolStats,
} from './spool/spool.ts';
export { diskFiles, type SpoolFiles } from './spool/spool-files.ts';
export type { NatsOptions } from './nats/nats-options.ts';
export { connectNats } from './nats/nats-options.ts';
export {
  drainedSubject,
  ensureEventStream,
  EVENT_STREAM,
  eventSubject,
  UnsafeStreamError,
  type EventStreamOptions,
} from './nats/event-stream.ts';
export { Publisher, type PublisherOptions, type PublisherStats } from './publisher/publisher.ts';
export type { SpoolDamage } from './publisher/spool-cursor.ts';
export type { ArrivedMessage, DrainedMessage, EventsMessage } from './consumer/arrived-message.ts';
export { EventConsumer, type ConsumeOptions } from './consumer/event-consumer.ts';
export { Lease, type LeaseOptions } from './nats/lease.ts';
export type { OrphanedSession } from './spool/session-sequences.ts';
