import { Command, Option } from 'commander';
import { addCompletionCommand } from './commands/completion.ts';
import { addHoldCommands } from './commands/holds.ts';
import { addLockCommands } from './commands/locks.ts';
import { addLoginCommands } from './commands/login.ts';
import { addResourceCommands } from './commands/resources.ts';
import { addSessionCommands } from './commands/sessions.ts';
import { addSshCommands } from './commands/ssh.ts';
import { addTargetCommands } from './commands/targets.ts';
import { addTokenCommand } from './commands/token.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { EXIT_CODES, EXIT_MEANINGS } from './exit-code.ts';
import type { On } from './invocation.ts';
import { OUTPUT_FORMATS } from './output/output.ts';

/** Environment variables that every command reads. */
export const ENVIRONMENT: readonly (readonly [name: string, does: string])[] = [
  ['SALLYPORT_URL', 'control plane, as --url'],
  ['SALLYPORT_TOKEN', 'token to use, instead of a login'],
  ['SALLYPORT_TOKEN_FILE', 'file with the token, as --token-file'],
  ['SALLYPORT_CONFIG_DIR', 'where logins are kept; default sallyport in $XDG_CONFIG_HOME or ~/.config'],
  ['SALLYPORT_ALLOW_PLAINTEXT', '1: take http:// for other than loopback addresses'],
  ['NO_COLOR', 'not empty: no colours'],
  ['NODE_EXTRA_CA_CERTS', "file with a CA of your own, in PEM, for the control plane's certificate"],
];

/** The whole command tree. Light: what a command does is loaded when it runs. */
export function buildProgram(on: On): Command {
  const program = new Command('sallyport')
    .description(
      'For callers and admins of Sallyport: log in, reach targets, review what is held, replay and verify what was done.',
    )
    .version('0.1.0', '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .showSuggestionAfterError()
    .addOption(
      new Option('-o, --output <format>', 'how to write answers').choices(OUTPUT_FORMATS).default('table'),
    )
    .option('--json', 'short for --output json')
    .option('--url <url>', 'control plane; default: the one logged in to last, else http://127.0.0.1:8400')
    .option('--token-file <file>', 'file with the token to use')
    .option('--no-color', 'no colours')
    .addHelpText('after', afterHelp);
  addLoginCommands(program, on);
  addTokenCommand(program, on);
  addTargetCommands(program, on);
  addSshCommands(program, on);
  addHoldCommands(program, on);
  addSessionCommands(program, on);
  addVerifyCommand(program, on);
  addResourceCommands(program, on);
  addLockCommands(program, on);
  addCompletionCommand(program, on);
  return program;
}

function afterHelp(): string {
  const exits = Object.entries(EXIT_CODES).map(([name, code]): readonly [string, string] => [
    String(code),
    meaningOf(name),
  ]);
  return [
    '',
    'Environment:',
    ...columns(ENVIRONMENT),
    '',
    'Exit codes:',
    ...columns(exits),
    '',
    'Help of a command has examples: sallyport holds approve --help',
  ].join('\n');
}

function meaningOf(name: string): string {
  return Object.entries(EXIT_MEANINGS).find(([other]) => other === name)?.[1] ?? '';
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, does]) => `  ${name.padEnd(width)}  ${does}`);
}
