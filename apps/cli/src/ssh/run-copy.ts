import type { Invocation } from '../invocation.ts';
import { clientEnvironment, runClientProgram } from '../access/run-client-program.ts';
import { prepareSsh } from './prepare-ssh.ts';
import { hostAlias, type SshHost } from './ssh-config-text.ts';

/** Runs scp or sftp with targets as hosts, and ends as it ends. */
export async function runCopy(invocation: Invocation, program: 'scp' | 'sftp'): Promise<number> {
  const { world } = invocation;
  const { files, hosts } = await prepareSsh(world, await invocation.settings());
  return runClientProgram(world, {
    file: program,
    words: ['-F', files.config, ...invocation.rest(0).map((word) => withAlias(word, hosts))],
    env: clientEnvironment(world.env),
    package: 'openssh-client',
  });
}

/** "root@web:/etc" as "root+web:/etc": as the user name, it would take the target's place. */
export function withAlias(word: string, hosts: readonly SshHost[]): string {
  const [, login = '', name = '', rest = ''] = /^([\w.$-]+)@([\w.-]+)((?::.*)?)$/s.exec(word) ?? [];
  const isKnown = hosts.some((host) => host.name === name && host.logins.includes(login));
  return isKnown ? `${hostAlias(login, name)}${rest}` : word;
}
