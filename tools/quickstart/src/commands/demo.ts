import { DEMO_PARTS } from '../demo/parts.ts';
import { runTour } from '../demo/run-tour.ts';
import { Tour, type DemoPart } from '../demo/tour.ts';
import type { Options } from '../options.ts';
import type { Progress } from '../progress.ts';
import { QuickstartError } from '../quickstart-error.ts';
import { readInstance } from '../state/instance.ts';
import { openStateFolder, type StateFolder } from '../state/state-folder.ts';
import { summarise, type Layout } from '../summary.ts';
import { start } from './up.ts';

/**
 * Runs the tour on what runs already, or on a stack of its own that it stops afterwards. True
 * only if every step showed what it must.
 */
export async function demo(options: Options, progress: Progress): Promise<boolean> {
  const running = options.fresh ? undefined : readInstance(options.stateDirectory);
  if (running !== undefined) {
    if (!running.ready) throw new QuickstartError('it is starting, or stopping; try again in a moment');
    return tourOf(options, tourOn(openStateFolder(options.stateDirectory), running));
  }
  const { stack, state, ...layout } = await start(options, progress);
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => reject(new QuickstartError('interrupted; everything was stopped')));
    }
  });
  try {
    return await Promise.race([tourOf(options, tourOn(state, layout)), interrupted]);
  } finally {
    await stack.stop();
  }
}

async function tourOf(options: Options, tour: Tour): Promise<boolean> {
  const parts = partsFor(options, tour);
  const { passed, failed } = await runTour(parts, tour, write);
  write(`\n${passed} steps showed what they must, ${failed.length} did not.\n`);
  for (const line of failed) write(`  ${line}\n`);
  return failed.length === 0 && passed > 0;
}

/** What was asked for, or all that this machine has; what is left out is said. */
function partsFor({ parts: asked }: Options, { doors }: Tour): readonly DemoPart[] {
  const names = asked.length === 0 ? Object.keys(DEMO_PARTS) : asked;
  return names.flatMap((name) => {
    const part = DEMO_PARTS[name];
    if (part === undefined) return [];
    if (doors.includes(part.door)) return [part];
    const line = `${part.title}; what runs was started without its server, as ./quickstart said then`;
    if (asked.length > 0) throw new QuickstartError(line);
    write(`\nLeft out: ${line}\n`);
    return [];
  });
}

function tourOn(state: StateFolder, layout: Layout): Tour {
  return new Tour({ state, ...layout, summary: summarise(state, layout) }, write);
}

function write(text: string): void {
  process.stdout.write(text);
}
