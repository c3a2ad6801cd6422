import { Outcome } from '@sallyport/contracts/access';
import { Counter, Gauge, Histogram, type Registry } from '@sallyport/service-kit';

const OUTCOME_NAMES = new Map<number, string>([
  [Outcome.ALLOW, 'allow'],
  [Outcome.DENY, 'deny'],
  [Outcome.HOLD, 'hold'],
]);

/** Upper bounds in seconds, from 1 ms to 10 s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2, 10];

/** Figures of the data path. Labels come from closed sets only. */
export class ProxyMetrics {
  readonly #sessions: Gauge;
  readonly #statements: Counter<'outcome'>;
  readonly #refused: Counter<'code' | 'stage'>;
  readonly #stages: Histogram<'stage'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#sessions = new Gauge({
      name: 'sallyport_sessions_open',
      help: 'Connections that are open now.',
      registers,
    });
    this.#statements = new Counter({
      name: 'sallyport_statements_total',
      help: 'Statements decided on, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.#refused = new Counter({
      name: 'sallyport_connections_refused_total',
      help: 'Connections refused before they became a session, by code and stage.',
      labelNames: ['code', 'stage'],
      registers,
    });
    this.#stages = new Histogram({
      name: 'sallyport_stage_seconds',
      help: 'Time spent in a stage: handshake (key exchange with the client), authenticate (with the control plane), connect (with the target).',
      labelNames: ['stage'],
      buckets: BUCKETS,
      registers,
    });
  }

  sessionOpened(): void {
    this.#sessions.inc();
  }

  sessionClosed(): void {
    this.#sessions.dec();
  }

  statement(outcome: Outcome): void {
    this.#statements.inc({ outcome: OUTCOME_NAMES.get(outcome) ?? 'deny' });
  }

  refused(code: string, stage: string): void {
    this.#refused.inc({ code, stage });
  }

  /** @param startedMs from performance.now() */
  stage(stage: 'handshake' | 'authenticate' | 'connect', startedMs: number): void {
    this.#stages.observe({ stage }, (performance.now() - startedMs) / 1000);
  }
}
