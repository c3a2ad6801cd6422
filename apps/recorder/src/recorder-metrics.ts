import { Counter, Gauge, type Registry } from '@sallyport/service-kit';
import type { RecordingObserver } from './recording-store.ts';

/** What the gauges read when they are asked. */
export interface RecorderFigures {
  readonly leading: boolean;
  readonly unfinished: number;
  readonly indexLagBytes: number;
  readonly earlyBytes: number;
}

/** The recorder's counters. */
export class RecorderMetrics implements RecordingObserver {
  readonly #events: Counter;
  readonly #bytes: Counter;
  readonly #seals: Counter<'state'>;
  readonly #rejected: Counter<'reason'>;
  readonly #failures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    const name = (what: string) => `sallyport_recorder_${what}_total`;
    this.#events = new Counter({ name: name('events'), help: 'Events written to recordings.', registers });
    this.#bytes = new Counter({ name: name('bytes'), help: 'Bytes written to recordings.', registers });
    this.#seals = new Counter({
      name: name('seals'),
      help: 'Recordings sealed.',
      labelNames: ['state'],
      registers,
    });
    this.#rejected = new Counter({
      name: name('rejected_messages'),
      help: 'Messages that could not be part of their recording.',
      labelNames: ['reason'],
      registers,
    });
    this.#failures = new Counter({
      name: name('storage_failures'),
      help: 'Times the disk failed a group of events.',
      registers,
    });
  }

  written(events: number, bytes: number): void {
    this.#events.inc(events);
    this.#bytes.inc(bytes);
  }

  sealed(_sessionId: string, closed: boolean): void {
    this.#seals.inc({ state: closed ? 'whole' : 'broken' });
  }

  rejected(_sessionId: string, reason: string): void {
    this.#rejected.inc({ reason });
  }

  storageFailed(): void {
    this.#failures.inc();
  }
}

/** The recorder's gauges; `figures` is asked at each scrape. */
export function registerRecorderGauges(registry: Registry, figures: () => RecorderFigures): void {
  const gauge = (name: string, help: string, read: (now: RecorderFigures) => number): void => {
    const collect = (): void => {
      created.set(read(figures()));
    };
    const created: Gauge = new Gauge({
      name: `sallyport_recorder_${name}`,
      help,
      registers: [registry],
      collect,
    });
  };
  gauge('leading', 'Whether this recorder is the one that writes.', ({ leading }) => Number(leading));
  gauge(
    'unfinished_recordings',
    'Recordings not yet sealed, indexed and reported.',
    ({ unfinished }) => unfinished,
  );
  gauge('index_lag_bytes', 'Bytes of recordings not yet indexed.', ({ indexLagBytes }) => indexLagBytes);
  gauge('early_bytes', 'Bytes of events that wait for earlier ones.', ({ earlyBytes }) => earlyBytes);
}
