import type { Invocation } from '../invocation.ts';
import { findTarget } from '../access/find-target.ts';
import { clientEnvironment, runClientProgram } from '../access/run-client-program.ts';
import { prepareSsh } from './prepare-ssh.ts';

/** Runs ssh on a target, and ends as it ends. */
export async function runSsh(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const { login, name } = splitDestination(invocation.argument(0));
  const { files, targets } = await prepareSsh(world, await invocation.settings());
  findTarget(targets, name, 'ssh');
  const account = login === undefined ? [] : ['-l', `${login}@${name}`];
  return runClientProgram(world, {
    file: 'ssh',
    words: ['-F', files.config, ...account, name, ...invocation.rest(1)],
    env: clientEnvironment(world.env),
    package: 'openssh-client',
  });
}

/** "[LOGIN@]TARGET". */
export function splitDestination(text: string): {
  readonly login: string | undefined;
  readonly name: string;
} {
  const at = text.lastIndexOf('@');
  return at < 0 ? { login: undefined, name: text } : { login: text.slice(0, at), name: text.slice(at + 1) };
}
