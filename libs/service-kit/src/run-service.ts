import type { Logger } from './logger.ts';

/** What a service's start gives back. */
export interface RunningService {
  /**
   * Takes nothing new, lets what runs come to its end, and returns. When the signal
   * aborts, the deadline has passed: drop what is left and return at once.
   */
  stop(deadline: AbortSignal): Promise<void>;
}

export interface RunServiceOptions {
  readonly logger: Logger;
  readonly start: () => Promise<RunningService>;
  /** How long a drain may take before what is left is dropped. */
  readonly drainTimeoutMs: number;
  /** For tests. */
  readonly host?: ProcessHost;
}

/** The part of `process` that a service's life needs. */
export interface ProcessHost {
  on(
    event: 'SIGTERM' | 'SIGINT' | 'unhandledRejection' | 'uncaughtException',
    listener: (reason: unknown) => void,
  ): unknown;
  exit(code: number): void;
}

/** How a service's process ends. */
export const EXIT_CODES = {
  /** Asked to stop, and all work came to its end. */
  stopped: 0,
  /** Wrong configuration, or the start failed. */
  startFailed: 1,
  /** Asked to stop, and work was dropped at the deadline. */
  drainTimedOut: 2,
  /** A defect: an error that nobody handled. State is unknown, so the process ends. */
  crashed: 70,
} as const;

/** After the deadline, how long `stop` has to return. */
const GRACE_MS = 2_000;

/**
 * Runs a service until SIGTERM or SIGINT, then drains it and ends the process. A second
 * signal drops everything at once. An unhandled rejection or exception ends the process
 * without a drain: a gateway whose state is unknown must not go on.
 */
export function runService(options: RunServiceOptions): void {
  const host = options.host ?? process;
  const { logger } = options;
  let stopping = false;
  const crash = (error: unknown) => {
    logger.error('service crashed', { error });
    host.exit(EXIT_CODES.crashed);
  };
  host.on('unhandledRejection', crash);
  host.on('uncaughtException', crash);
  const running = options.start();
  const onSignal = () => {
    if (stopping) {
      logger.warn('service stopped without a drain');
      host.exit(EXIT_CODES.drainTimedOut);
      return;
    }
    stopping = true;
    running.then((service) => drain(service, options, host)).catch(crash);
  };
  host.on('SIGTERM', onSignal);
  host.on('SIGINT', onSignal);
  running.then(
    () => {
      logger.info('service ready');
    },
    (error: unknown) => {
      logger.error('service could not start', { error });
      host.exit(EXIT_CODES.startFailed);
    },
  );
}

async function drain(service: RunningService, options: RunServiceOptions, host: ProcessHost): Promise<void> {
  const { logger } = options;
  logger.info('service drains', { drainTimeoutMs: options.drainTimeoutMs });
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
  }, options.drainTimeoutMs);
  const overdue = setTimeout(() => {
    host.exit(EXIT_CODES.drainTimedOut);
  }, options.drainTimeoutMs + GRACE_MS);
  await service.stop(deadline.signal);
  clearTimeout(timer);
  clearTimeout(overdue);
  logger.info('service stopped', { complete: !deadline.signal.aborted });
  host.exit(deadline.signal.aborted ? EXIT_CODES.drainTimedOut : EXIT_CODES.stopped);
}
