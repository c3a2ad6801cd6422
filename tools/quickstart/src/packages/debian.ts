import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Progress } from '../progress.ts';
import { QuickstartError } from '../quickstart-error.ts';

/** Whether a program is in PATH. */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false; // accessSync says no by throwing.
    }
  });
}

/** Installs a Debian package, said aloud before; throws the line to run by hand if that cannot be. */
export function installPackage(name: string, why: string, progress: Progress): void {
  const byHand = `apt-get install ${name}`;
  if (!existsSync('/usr/bin/apt-get')) throw new QuickstartError(`${why}: install it (on Debian: ${byHand})`);
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && !hasProgram('sudo')) throw new QuickstartError(`${why}: as root, run ${byHand}`);
  progress.say(`installing the Debian package ${name}: ${why}`);
  const apt = (...args: readonly string[]) => {
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    const [program = '', ...rest] = asRoot ? command : ['sudo', ...command];
    return spawnSync(program, rest, { stdio: ['inherit', 'ignore', 'ignore'] }).status === 0;
  };
  if (apt('install', '-y', '--no-install-recommends', name)) return;
  if (apt('update') && apt('install', '-y', '--no-install-recommends', name)) return;
  throw new QuickstartError(
    `the Debian package ${name} could not be installed (is there a network?); run ${byHand}`,
  );
}
