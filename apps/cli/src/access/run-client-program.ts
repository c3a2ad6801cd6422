import { constants } from 'node:os';
import { CliError, reasonOf, systemCode } from '../cli-error.ts';
import type { World } from '../world.ts';

export interface ClientProgram {
  readonly file: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Debian's package that has it. */
  readonly package: string;
}

/** Runs a client program in the foreground; gives its exit code, or 128 and the number of the signal that ended it. */
export async function runClientProgram(world: World, program: ClientProgram): Promise<number> {
  const { file, words, env } = program;
  try {
    const end = await world.runProgram(file, words, env);
    return 'code' in end ? end.code : 128 + signalNumber(end.signal);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new CliError('failed', `${file} is not installed.`, {
        next: `Install it, on Debian and Ubuntu with "apt-get install ${program.package}".`,
      });
    }
    throw new CliError('failed', `${file} could not be started.`, { reason: reasonOf(error) });
  }
}

/** The environment for a client program: the caller's own, without their token. */
export function clientEnvironment(env: World['env']): Readonly<Record<string, string>> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || name.startsWith('SALLYPORT_TOKEN') ? [] : [[name, value]],
  );
  return Object.fromEntries(kept);
}

function signalNumber(name: string): number {
  return Object.entries(constants.signals).find(([signal]) => signal === name)?.[1] ?? 0;
}
