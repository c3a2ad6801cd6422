import { timestampMs } from '@bufbuild/protobuf/wkt';
import { SessionService, type WatchOrdersResponse } from '@sallyport/contracts/dataplane';
import type { Logger } from '@sallyport/service-kit';
import type { ComponentConnection } from './component-connection.ts';
import type { SessionRegistry } from './session-registry.ts';
import { TickClock } from './tick-clock.ts';

export interface OrderWatcherOptions {
  readonly connection: ComponentConnection;
  readonly registry: SessionRegistry;
  readonly proxyInstance: string;
  readonly logger: Logger;
  readonly nowMs: () => number;
}

/** Ticks come every second; without one for so long, another connection is tried. */
const SILENCE_MS = 4_000;
/** Clocks drift apart: begin anew before it matters. */
const STREAM_LIFE_MS = 600_000;
const BACKOFF_MS = [100, 200, 500, 1_000, 2_000] as const;

/**
 * Keeps one order stream open for ever. Each new one tells which sessions this process
 * has, and so misses nothing that happened while there was none.
 */
export class OrderWatcher {
  readonly #options: OrderWatcherOptions;
  readonly #stopped = new AbortController();
  readonly #done: Promise<void>;
  #current = new AbortController();
  #connected = false;

  constructor(options: OrderWatcherOptions) {
    this.#options = options;
    options.connection.onRenewed(() => {
      this.#current.abort(new Error('the certificate was renewed'));
    });
    this.#done = this.#loop();
  }

  /** Whether a stream is there that has ticked. */
  get connected(): boolean {
    return this.#connected;
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the client closes'));
    this.#current.abort(new Error('the client closes'));
    await this.#done;
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.#stopped.signal.aborted) {
      const ticked = await this.#watchOnce();
      failures = ticked ? 0 : failures + 1;
      await this.#pause(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0);
    }
  }

  /** One stream, to its end; gives whether it ticked. */
  async #watchOnce(): Promise<boolean> {
    const { connection, registry, proxyInstance, logger, nowMs } = this.#options;
    this.#current = new AbortController();
    const clock = new TickClock(nowMs());
    const silence = silenceTimer(this.#current);
    const life = setTimeout(() => {
      this.#current.abort(new Error('the stream is old'));
    }, STREAM_LIFE_MS);
    life.unref();
    try {
      const request = { openSessionIds: [...registry.openIds], proxyInstance };
      for await (const response of connection
        .client(SessionService)
        .watchOrders(request, { signal: this.#current.signal })) {
        silence.refresh();
        this.#receive(response, clock);
      }
    } catch (error) {
      if (this.#connected) logger.info('order stream ended', { error });
    } finally {
      clearTimeout(silence);
      clearTimeout(life);
    }
    const lived = this.#connected;
    this.#connected = false;
    return lived;
  }

  #receive({ order }: WatchOrdersResponse, clock: TickClock): void {
    const { registry, logger, nowMs } = this.#options;
    switch (order.case) {
      case 'tick':
        if (order.value.asOf === undefined) return;
        clock.tick(timestampMs(order.value.asOf), nowMs());
        registry.lookedAt(clock.lookedAtMs);
        if (!this.#connected) logger.info('order stream open');
        this.#connected = true;
        return;
      case 'viewChanged':
        registry.changeView(order.value);
        return;
      case 'endSession':
        registry.endSession(order.value);
        return;
      case undefined:
        // An order of a later version: not understood, so nothing is current any more.
        this.#current.abort(new Error('an order was not understood'));
        return;
      default:
        order satisfies never;
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms + Math.random() * ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

function silenceTimer(controller: AbortController): NodeJS.Timeout {
  const timer = setTimeout(() => {
    controller.abort(new Error('the control plane is silent'));
  }, SILENCE_MS);
  timer.unref();
  return timer;
}
