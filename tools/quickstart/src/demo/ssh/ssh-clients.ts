import { chmodSync, writeFileSync } from 'node:fs';
import {
  startCommand,
  runCommand,
  type Command,
  type CommandResult,
  type RunningCommand,
} from '../command.ts';
import type { Tour } from '../tour.ts';

export type SshProgram = 'ssh' | 'scp' | 'sftp';

/** Has somebody's own ssh know the targets, as `sallyport ssh-config` does. */
export async function writeSshConfig(tour: Tour, who: string): Promise<void> {
  const { stdout, stderr, code } = await tour.sallyportQuietly(who, 'ssh-config');
  if (code !== 0) throw new Error(stderr);
  writeFileSync(configFile(tour, who), stdout);
}

/** One of OpenSSH's clients, as somebody who has a certificate; shown. */
export async function runSsh(
  tour: Tour,
  who: string,
  program: SshProgram,
  args: readonly string[],
  stdin = '',
): Promise<CommandResult> {
  const result = await runCommand({ ...sshCommand(tour, who, program, args), stdin });
  tour.show(typed(who, program, args), result);
  return result;
}

/** A command on the host web. */
export function onWeb(tour: Tour, command: string, who = 'shop-agent'): Promise<CommandResult> {
  return runSsh(tour, who, 'ssh', ['web', command]);
}

/** The same, still running: for what waits. */
export function startSsh(tour: Tour, who: string, args: readonly string[]): RunningCommand {
  tour.say(`$ ${typed(who, 'ssh', args)}`);
  return startCommand(sshCommand(tour, who, 'ssh', args));
}

/** ssh that has nothing but a password; shown. */
export async function sshWithPassword(
  tour: Tour,
  what: string,
  tokenFile: string,
  command: string,
): Promise<CommandResult> {
  const askpass = tour.state.file('tour', 'askpass.sh');
  writeFileSync(askpass, '#!/bin/sh\nexec cat "$TOUR_PASSWORD_FILE"\n');
  chmodSync(askpass, 0o700);
  const options = [
    'PubkeyAuthentication=no',
    'PreferredAuthentications=password',
    'NumberOfPasswordPrompts=1',
  ];
  const ssh = sshCommand(tour, 'shop-agent', 'ssh', [
    ...options.flatMap((option) => ['-o', option]),
    'web',
    command,
  ]);
  const env = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', TOUR_PASSWORD_FILE: tokenFile };
  const result = await runCommand({ ...ssh, env: { ...ssh.env, ...env } });
  tour.show(`ssh -o PreferredAuthentications=password web ${command}    # with ${what}`, result);
  return result;
}

function sshCommand(tour: Tour, who: string, program: SshProgram, args: readonly string[]): Command {
  return { program, args: ['-F', configFile(tour, who), ...args], env: { TERM: 'dumb' } };
}

function configFile(tour: Tour, who: string): string {
  return tour.state.file('tour', `${who}.ssh_config`);
}

function typed(who: string, program: SshProgram, args: readonly string[]): string {
  const words = args.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word}"`));
  return `${[program, ...words].join(' ')}    # as ${who}`;
}
