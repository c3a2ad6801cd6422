import type { Options } from '../options.ts';
import { panel } from '../panel.ts';
import { QuickstartError } from '../quickstart-error.ts';
import { readInstance } from '../state/instance.ts';
import { openStateFolder } from '../state/state-folder.ts';
import { summarise } from '../summary.ts';

/** Says where everything is; throws if it does not run. */
export function status(options: Options): void {
  const instance = readInstance(options.stateDirectory);
  if (instance === undefined) throw new QuickstartError('it does not run; ./quickstart starts it');
  if (!instance.ready) throw new QuickstartError('it is starting, or stopping');
  const summary = summarise(openStateFolder(options.stateDirectory), instance);
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : panel(summary, true));
}
