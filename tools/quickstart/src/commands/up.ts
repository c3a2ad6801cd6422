import { setTimeout as delay } from 'node:timers/promises';
import { QuickstartError } from '../quickstart-error.ts';
import type { Options } from '../options.ts';
import { panel } from '../panel.ts';
import type { Progress } from '../progress.ts';
import { ensureNats, ensurePsql, ensureSsh } from '../packages/ensure-programs.ts';
import { chooseFreePorts, requireFree, USUAL_PORTS, type Ports } from '../stack/ports.ts';
import type { DoorName } from '../stack/doors.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { readInstance } from '../state/instance.ts';
import { openStateFolder, removeStateFolder, type StateFolder } from '../state/state-folder.ts';
import { summarise } from '../summary.ts';
import { stop } from './stop.ts';

export interface Started {
  readonly stack: Stack;
  readonly state: StateFolder;
  readonly ports: Ports;
  readonly doors: readonly DoorName[];
}

/** Starts everything in this process. */
export async function start(options: Options, progress: Progress): Promise<Started> {
  if (options.fresh) {
    await stop(options, progress);
    removeStateFolder(options.stateDirectory);
  }
  const running = readInstance(options.stateDirectory);
  if (running !== undefined) {
    throw new QuickstartError(
      `it runs already (process ${running.supervisorPid}); ./quickstart --stop ends it`,
    );
  }
  const ports = options.freePorts ? await chooseFreePorts() : USUAL_PORTS;
  await requireFree(ports);
  const state = openStateFolder(options.stateDirectory);
  await ensurePsql(progress);
  await ensureNats(progress);
  const doors: readonly DoorName[] = ensureSsh(progress) ? ['postgres', 'ssh'] : ['postgres'];
  const plan = { state, ports, doors };
  return { stack: await startStack(plan, progress), ...plan };
}

/** Starts everything, shows where it is, and stays until a signal ends it. */
export async function up(options: Options, progress: Progress): Promise<void> {
  const signalled = firstSignal();
  const starting = start(options, progress);
  const started = await Promise.race([starting, signalled]);
  if (started === undefined) return giveUp(starting, progress);
  const { stack, state } = started;
  const summary = summarise(state, started);
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : panel(summary, false));
  await signalled;
  progress.say('stopping');
  await stack.stop();
  progress.say('all of it has stopped');
}

const INTERRUPTED_START_MS = 20_000;

/**
 * Stops what is only starting, and throws. A program cut off in its start would still be
 * ending when the next one comes; so its start is waited for, though not for long. What is
 * left then ends with this process: the kernel sees to it.
 */
async function giveUp(starting: Promise<Started>, progress: Progress): Promise<never> {
  progress.say('stopping');
  const stopped = starting.then(
    ({ stack }) => stack.stop(),
    // A start that failed has stopped what it had begun.
    () => undefined,
  );
  await Promise.race([stopped, delay(INTERRUPTED_START_MS, undefined, { ref: false })]);
  throw new QuickstartError('interrupted before it was ready; nothing is left running');
}

/** Settles at the first SIGINT, SIGTERM or SIGHUP; from then on these do nothing, so that the stop is not cut short. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}
