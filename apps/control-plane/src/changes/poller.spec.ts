import { describe, expect, it } from '@jest/globals';
import type { Logger } from '@sallyport/service-kit';
import { Poller } from './poller.ts';

function recordingLogger() {
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log, with: () => logger };
  return { logger, lines };
}

describe('Poller', () => {
  it('runs its tasks one after the other, and again at once when nudged, also during a round', async () => {
    const runs: string[] = [];
    const third = Promise.withResolvers<undefined>();
    const { logger } = recordingLogger();
    const task = (name: string) => ({
      name,
      run: async () => {
        runs.push(`${name} begins`);
        await Promise.resolve();
        runs.push(`${name} ends`);
        if (runs.length === 4) poller.nudge();
        if (runs.length === 8) third.resolve(undefined);
      },
    });
    const poller: Poller = new Poller([task('a'), task('b')], 3_600_000, logger);
    await third.promise;
    await poller[Symbol.asyncDispose]();
    expect(runs.slice(0, 8)).toEqual([
      'a begins',
      'a ends',
      'b begins',
      'b ends',
      'a begins',
      'a ends',
      'b begins',
      'b ends',
    ]);
  });

  it('goes on after a failure, and says when a task begins to fail and when it works again, not each time', async () => {
    const { logger, lines } = recordingLogger();
    const done = Promise.withResolvers<undefined>();
    let runs = 0;
    const run = () => {
      runs += 1;
      if (runs === 6) done.resolve(undefined);
      return runs < 4 ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const poller = new Poller([{ name: 'a', run }], 1, logger);
    await done.promise;
    await poller[Symbol.asyncDispose]();
    expect(lines).toEqual(['polled task fails', 'polled task works again']);
  });
});
