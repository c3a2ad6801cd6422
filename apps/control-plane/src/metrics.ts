import { Counter, Gauge, Histogram, type Registry } from '@sallyport/service-kit';

/** Upper bounds in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** How a token exchange came out. */
export type ExchangeOutcome = 'issued' | 'refused' | 'unavailable';

/** Figures of the control plane. Labels come from closed sets only. */
export class ControlPlaneMetrics {
  readonly #refusals: Counter<'method' | 'code'>;
  readonly #calls: Histogram<'method'>;
  readonly #exchanges: Counter<'outcome'>;
  readonly #rounds: Histogram;
  readonly #proxies: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    const name = (rest: string) => `sallyport_control_plane_${rest}`;
    this.#refusals = new Counter({
      name: name('refusals_total'),
      help: 'Calls that were refused or failed, by method and code.',
      labelNames: ['method', 'code'],
      registers,
    });
    this.#calls = new Histogram({
      name: name('call_seconds'),
      help: 'Time of a call that is not a stream, whatever its outcome.',
      labelNames: ['method'],
      buckets: BUCKETS,
      registers,
    });
    this.#exchanges = new Counter({
      name: name('token_exchanges_total'),
      help: 'Token exchanges, by outcome.',
      labelNames: ['outcome'],
      registers,
    });
    this.#rounds = new Histogram({
      name: name('watch_round_seconds'),
      help: 'Time of a round that looks for changes and judges sessions.',
      buckets: BUCKETS,
      registers,
    });
    this.#proxies = new Gauge({
      name: name('proxies_connected'),
      help: 'Proxies whose order stream ends here.',
      registers,
    });
  }

  /** `code`: an AccessErrorCode, or "internal" for what nobody expected. */
  refused(method: string, code: string): void {
    this.#refusals.inc({ method, code });
  }

  exchanged(outcome: ExchangeOutcome): void {
    this.#exchanges.inc({ outcome });
  }

  proxiesConnected(count: number): void {
    this.#proxies.set(count);
  }

  /** Times a call, also one that fails. */
  call<T>(method: string, call: () => Promise<T>): Promise<T> {
    return timed((seconds) => {
      this.#calls.observe({ method }, seconds);
    }, call);
  }

  /** Times a round, also one that fails. */
  round(run: () => Promise<void>): Promise<void> {
    return timed((seconds) => {
      this.#rounds.observe(seconds);
    }, run);
  }
}

async function timed<T>(observe: (seconds: number) => void, run: () => Promise<T>): Promise<T> {
  const startedAtMs = performance.now();
  try {
    return await run();
  } finally {
    observe((performance.now() - startedAtMs) / 1000);
  }
}
