import { describe, expect, it } from '@jest/globals';
import { eventually, temporaryDirectory } from '@sallyport/testing';
import { readFileSync } from 'node:fs';
import { Supervisor, type Running } from './supervisor.ts';

/** Programs that end when told to. */
function fakePrograms() {
  let pid = 0;
  const stopped: string[] = [];
  const crash = new Map<string, () => void>();
  const start = (name: string) => async (): Promise<Running> => {
    pid += 1;
    const exited = Promise.withResolvers<number | string>();
    crash.set(name, () => exited.resolve('SIGKILL'));
    return {
      pid,
      exited: exited.promise,
      stop: async () => {
        stopped.push(name);
        exited.resolve(0);
      },
    };
  };
  return { start, stopped, crash };
}

function supervise(directory: { join(name: string): string }) {
  let processes: Readonly<Record<string, number>> = {};
  const logFile = directory.join('supervisor.log');
  const supervisor = new Supervisor({
    logFile,
    onChange: (now) => {
      processes = now;
    },
  });
  return { supervisor, processes: () => processes, log: () => readFileSync(logFile, 'utf8') };
}

describe('Supervisor', () => {
  it('stops in the reverse order of the start', async () => {
    using directory = temporaryDirectory();
    const { supervisor, processes } = supervise(directory);
    const { start, stopped } = fakePrograms();
    for (const name of ['nats', 'recorder', 'proxy']) await supervisor.start(name, start(name));
    expect(processes()).toEqual({ nats: 1, recorder: 2, proxy: 3 });
    await supervisor.stop();
    expect(stopped).toEqual(['proxy', 'recorder', 'nats']);
    expect(processes()).toEqual({});
  });

  it('starts again what ends by itself, and not what it stops', async () => {
    using directory = temporaryDirectory();
    const { supervisor, processes, log } = supervise(directory);
    const { start, crash } = fakePrograms();
    await supervisor.start('proxy', start('proxy'));
    crash.get('proxy')?.();
    await eventually('a new process', () => processes()['proxy'] === 2);
    expect(log()).toContain('proxy ended with SIGKILL; starting it again');
    await supervisor.stop();
    expect(processes()).toEqual({});
  });

  it('tries again when a restart fails', async () => {
    using directory = temporaryDirectory();
    const { supervisor, processes, log } = supervise(directory);
    const { start, crash } = fakePrograms();
    let starts = 0;
    await supervisor.start('proxy', async () => {
      starts += 1;
      if (starts === 2) throw new Error('the port is still taken');
      return start('proxy')();
    });
    crash.get('proxy')?.();
    await eventually('the third start', () => processes()['proxy'] === 2);
    expect(log()).toContain('the port is still taken');
    await supervisor.stop();
  });

  it('throws when the first start fails', async () => {
    using directory = temporaryDirectory();
    const { supervisor } = supervise(directory);
    await expect(supervisor.start('proxy', () => Promise.reject(new Error('no config')))).rejects.toThrow(
      'no config',
    );
    await supervisor.stop();
  });
});
