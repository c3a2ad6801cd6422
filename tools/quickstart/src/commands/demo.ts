import { DEMO_PARTS } from '../demo/parts.ts';
import { runTour } from '../demo/run-tour.ts';
import { Tour } from '../demo/tour.ts';
import type { Options } from '../options.ts';
import type { Progress } from '../progress.ts';
import { QuickstartError } from '../quickstart-error.ts';
import { readInstance } from '../state/instance.ts';
import { openStateFolder } from '../state/state-folder.ts';
import { summarise } from '../summary.ts';
import { start } from './up.ts';

/**
 * Runs the tour on what runs already, or on a stack of its own that it stops afterwards. True
 * only if every step showed what it must.
 */
export async function demo(options: Options, progress: Progress): Promise<boolean> {
  const running = options.fresh ? undefined : readInstance(options.stateDirectory);
  if (running !== undefined) {
    if (!running.ready) throw new QuickstartError('it is starting, or stopping; try again in a moment');
    return tourOf(options, new Tour(...contextOf(options.stateDirectory, running.ports), write));
  }
  const { stack, state, ports } = await start(options, progress);
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => reject(new QuickstartError('interrupted; everything was stopped')));
    }
  });
  try {
    const tour = new Tour(state, ports, summarise(state, ports), write);
    return await Promise.race([tourOf(options, tour), interrupted]);
  } finally {
    await stack.stop();
  }
}

async function tourOf(options: Options, tour: Tour): Promise<boolean> {
  const names = options.parts.length === 0 ? Object.keys(DEMO_PARTS) : options.parts;
  const parts = names.flatMap((name) => DEMO_PARTS[name] ?? []);
  const { passed, failed } = await runTour(parts, tour, write);
  write(`\n${passed} steps showed what they must, ${failed.length} did not.\n`);
  for (const line of failed) write(`  ${line}\n`);
  return failed.length === 0 && passed > 0;
}

function contextOf(stateDirectory: string, ports: Tour['ports']) {
  const state = openStateFolder(stateDirectory);
  return [state, ports, summarise(state, ports)] as const;
}

function write(text: string): void {
  process.stdout.write(text);
}
