import { appendFileSync } from 'node:fs';
import type { StateFolder } from '../state/state-folder.ts';

/** Takes the output of a program into `logs/NAME.log`. */
export function logTo(state: StateFolder, name: string): (text: string) => void {
  const file = state.file('logs', `${name}.log`);
  return (text) => appendFileSync(file, text);
}
