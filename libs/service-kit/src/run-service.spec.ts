import { describe, expect, it, jest } from '@jest/globals';
import { createLogger } from './logger.ts';
import { EXIT_CODES, runService, type ProcessHost, type RunningService } from './run-service.ts';

const logger = createLogger({ name: 'test', level: 'silent' });

function fakeProcess() {
  const listeners = new Map<string, (reason: unknown) => void>();
  let onExit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => {
    onExit = resolve;
  });
  const host: ProcessHost = {
    on: (event, listener) => listeners.set(event, listener),
    exit: (code) => onExit(code),
  };
  return { host, exited, emit: (event: string, reason?: unknown) => listeners.get(event)?.(reason) };
}

const run = (host: ProcessHost, start: () => Promise<RunningService>, drainTimeoutMs = 1_000) =>
  runService({ logger, start, drainTimeoutMs, host });

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'])('drains at %s and ends with 0', async (signal) => {
    const { host, exited, emit } = fakeProcess();
    const stop = jest.fn(async () => undefined);
    run(host, async () => ({ stop }));
    emit(signal);
    expect(await exited).toBe(EXIT_CODES.stopped);
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it('tells the service when the deadline of the drain has passed, and says so with its exit code', async () => {
    const { host, exited, emit } = fakeProcess();
    const stop = (deadline: AbortSignal) =>
      new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve()));
    run(host, async () => ({ stop }), 10);
    emit('SIGTERM');
    expect(await exited).toBe(EXIT_CODES.drainTimedOut);
  });

  it('ends at once at the second signal', async () => {
    const { host, exited, emit } = fakeProcess();
    const stopped = Promise.withResolvers<undefined>();
    run(host, async () => ({ stop: () => stopped.promise }), 60_000);
    emit('SIGINT');
    emit('SIGINT');
    expect(await exited).toBe(EXIT_CODES.drainTimedOut);
    stopped.resolve(undefined);
  });

  it('waits for the start before it drains, so that nothing half-started stays', async () => {
    const { host, exited, emit } = fakeProcess();
    const order: string[] = [];
    let started: () => void = () => undefined;
    const start = new Promise<void>((resolve) => {
      started = resolve;
    });
    run(host, async () => {
      await start;
      order.push('started');
      return {
        stop: async () => {
          order.push('stopped');
        },
      };
    });
    emit('SIGTERM');
    started();
    await exited;
    expect(order).toEqual(['started', 'stopped']);
  });

  it('ends with 1 when the start fails', async () => {
    const { host, exited } = fakeProcess();
    run(host, async () => {
      throw new Error('port taken');
    });
    expect(await exited).toBe(EXIT_CODES.startFailed);
  });

  it.each(['unhandledRejection', 'uncaughtException'])(
    'ends with 70 at an %s, without a drain',
    async (event) => {
      const { host, exited, emit } = fakeProcess();
      const stop = jest.fn(async () => undefined);
      run(host, async () => ({ stop }));
      emit(event, new Error('defect'));
      expect(await exited).toBe(EXIT_CODES.crashed);
      expect(stop).not.toHaveBeenCalled();
    },
  );
});
