import { Counter, Gauge, type Registry } from '@sallyport/service-kit';
import type { RecordingObserver } from './recording-store.ts';

/** What the gauges read when they are asked. */
export interface RecorderFigures {
  readonly leading: boolean;
  readonly unfinished: number;
  readonly indexLagBytes: number;
  readonly earlyBytes: number;
}

/** The recorder's metrics, and the observer that moves them. */
export function recorderMetrics(registry: Registry, figures: () => RecorderFigures) {
  const registers = [registry];
  const events = new Counter({
    name: 'sallyport_recorder_events_total',
    help: 'Events written to recordings.',
    registers,
  });
  const bytes = new Counter({
    name: 'sallyport_recorder_bytes_total',
    help: 'Bytes written to recordings.',
    registers,
  });
  const seals = new Counter({
    name: 'sallyport_recorder_seals_total',
    help: 'Recordings sealed.',
    labelNames: ['state'],
    registers,
  });
  const rejected = new Counter({
    name: 'sallyport_recorder_rejected_messages_total',
    help: 'Messages that could not be part of their recording.',
    labelNames: ['reason'],
    registers,
  });
  const failures = new Counter({
    name: 'sallyport_recorder_storage_failures_total',
    help: 'Times the disk failed a group of events.',
    registers,
  });
  gauge('sallyport_recorder_leading', 'Whether this recorder is the one that writes.', () =>
    Number(figures().leading),
  );
  gauge(
    'sallyport_recorder_unfinished_recordings',
    'Recordings not yet sealed, indexed and reported.',
    () => figures().unfinished,
  );
  gauge(
    'sallyport_recorder_index_lag_bytes',
    'Bytes of recordings not yet indexed.',
    () => figures().indexLagBytes,
  );
  gauge(
    'sallyport_recorder_early_bytes',
    'Bytes of events that wait for earlier ones.',
    () => figures().earlyBytes,
  );

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
  const observer: RecordingObserver = {
    written: (count, size) => {
      events.inc(count);
      bytes.inc(size);
    },
    sealed: (_sessionId, closed) => {
      seals.inc({ state: closed ? 'whole' : 'broken' });
    },
    rejected: (_sessionId, reason) => {
      rejected.inc({ reason });
    },
  };
  return {
    observer,
    storageFailed: () => {
      failures.inc();
    },
  };
}
