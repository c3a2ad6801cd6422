import { eventually } from '@sallyport/testing';
import type { Options } from '../options.ts';
import type { Progress } from '../progress.ts';
import { readInstance, startTimeOf } from '../state/instance.ts';

const STOP_TIMEOUT_MS = 60_000;

/** Ends what runs from the state folder, and returns when no process of it is left. */
export async function stop(options: Options, progress: Progress): Promise<void> {
  const instance = readInstance(options.stateDirectory);
  if (instance === undefined) return;
  const everything = [instance.supervisorPid, ...Object.values(instance.processes)];
  await progress.step('stopped', async () => {
    process.kill(instance.supervisorPid, 'SIGTERM');
    await eventually(
      'the end of all processes',
      () => everything.every((pid) => startTimeOf(pid) === undefined),
      {
        timeoutMs: STOP_TIMEOUT_MS,
      },
    );
  });
}
