import { Outcome } from '@sallyport/contracts/access';
import { Counter, Gauge, Histogram, type Registry } from '@sallyport/service-kit';
import type { StatementRun } from './loops/statement-run.ts';

const OUTCOME_NAMES = new Map<number, string>([
  [Outcome.ALLOW, 'allow'],
  [Outcome.DENY, 'deny'],
  [Outcome.HOLD, 'hold'],
]);

/** Upper bounds in seconds, from 50 us to 10 s. */
const BUCKETS = [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5, 2, 10];

/** Figures of the data path. Labels come from closed sets only. */
export class ProxyMetrics {
  readonly #sessions: Gauge;
  /** Counted for every statement, so it is a plain number until somebody asks. */
  readonly #statements = new Map<number, number>();
  readonly #refused: Counter<'code' | 'stage'>;
  readonly #stages: Histogram<'stage'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#sessions = new Gauge({
      name: 'sallyport_sessions_open',
      help: 'Connections that are open now.',
      registers,
    });
    const counts = this.#statements;
    new Counter({
      name: 'sallyport_statements_total',
      help: 'Statements decided on, by outcome.',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset();
        for (const [outcome, name] of OUTCOME_NAMES) this.inc({ outcome: name }, counts.get(outcome) ?? 0);
      },
    });
    this.#refused = new Counter({
      name: 'sallyport_connections_refused_total',
      help: 'Connections refused before they became a session, by code and stage.',
      labelNames: ['code', 'stage'],
      registers,
    });
    this.#stages = new Histogram({
      name: 'sallyport_stage_seconds',
      help: 'Time spent in a stage: authenticate (with the control plane), connect (with the target), answer (a statement at the target).',
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

  statement(run: StatementRun): void {
    const { outcome } = run.decided.decision;
    this.#statements.set(outcome, (this.#statements.get(outcome) ?? 0) + 1);
  }

  refused(code: string, stage: string): void {
    this.#refused.inc({ code, stage });
  }

  /** @param startedMs from performance.now() */
  stage(stage: 'authenticate' | 'connect' | 'answer', startedMs: number): void {
    this.#stages.observe({ stage }, (performance.now() - startedMs) / 1000);
  }
}
