import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { inCheckout } from '../checkout.ts';
import type { Options } from '../options.ts';
import { panel } from '../panel.ts';
import type { Progress } from '../progress.ts';
import { QuickstartError } from '../quickstart-error.ts';
import { readInstance, type Instance } from '../state/instance.ts';
import { openStateFolder, removeStateFolder } from '../state/state-folder.ts';
import { summarise } from '../summary.ts';
import { stop } from './stop.ts';

const POLL_MS = 50;

/** Leaves everything running in the background; where it runs already, only says where. */
export async function detach(options: Options, progress: Progress): Promise<void> {
  if (options.fresh) {
    await stop(options, progress);
    removeStateFolder(options.stateDirectory);
  }
  const instance = readInstance(options.stateDirectory) ?? (await startInBackground(options, progress));
  const summary = summarise(openStateFolder(options.stateDirectory), instance);
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : panel(summary, true));
}

async function startInBackground(options: Options, progress: Progress): Promise<Instance> {
  const logFile = openStateFolder(options.stateDirectory).file('logs', 'quickstart.log');
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(
    process.execPath,
    [
      inCheckout('tools/quickstart/src/main.ts'),
      '--state',
      options.stateDirectory,
      ...(options.freePorts ? ['--free-ports'] : []),
    ],
    { detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const ended = once(child, 'exit').then(() => true);
  let shown = 0;
  const show = () => {
    // The panel comes after the steps, and is shown by this process itself.
    const steps = readFileSync(logFile, 'utf8').split('\nSallyport runs.')[0]?.split('\n').slice(0, -1) ?? [];
    for (const line of steps.slice(shown)) if (line.startsWith('  ')) progress.say(line.trim());
    shown = steps.length;
  };
  for (;;) {
    const instance = readInstance(options.stateDirectory);
    if (instance?.ready === true) {
      show();
      child.unref();
      return instance;
    }
    const over = await Promise.race([
      ended,
      new Promise<false>((resolve) => setTimeout(() => resolve(false), POLL_MS)),
    ]);
    show();
    if (over) throw new QuickstartError(reasonIn(readFileSync(logFile, 'utf8')));
  }
}

/** The line that the background process ended with. */
function reasonIn(log: string): string {
  const lines = log.trimEnd().split('\n');
  return (lines.findLast((line) => line.startsWith('quickstart: ')) ?? lines.at(-1) ?? '').replace(
    'quickstart: ',
    '',
  );
}
