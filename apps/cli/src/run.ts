import { CommanderError, type Command } from 'commander';
import { CliError, reasonOf } from './cli-error.ts';
import { EXIT_CODES, type ExitName } from './exit-code.ts';
import { Invocation, type On } from './invocation.ts';
import { wantsColours } from './output/output.ts';
import { printableJson } from './output/printable.ts';
import { renderSpans, type Span } from './output/span.ts';
import { buildProgram } from './program.ts';
import type { World } from './world.ts';

/** Runs one command line, without the program's own name. Gives the exit code and never throws. */
export async function run(words: readonly string[], world: World): Promise<number> {
  let exit: ExitName | number = 'ok';
  const on: On = (handler) =>
    async function (this: Command) {
      exit = (await handler(new Invocation(world, this))) ?? 'ok';
    };
  const program = buildProgram(on);
  configure(program, world);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return typeof exit === 'number' ? exit : EXIT_CODES[exit];
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    const failure = world.interrupted.aborted
      ? new CliError('interrupted', 'Interrupted.')
      : toCliError(error);
    report(failure, world, words);
    return EXIT_CODES[failure.exit];
  }
}

function configure(command: Command, world: World): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => world.stdout.write(text),
    writeErr: (text) => world.stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'sallyport: ')),
    getOutHelpWidth: () => world.stdout.columns ?? 100,
    getErrHelpWidth: () => world.stderr.columns ?? 100,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  if (command.commands.length > 0) command.showHelpAfterError('Run with --help to see what there is.');
  for (const child of command.commands) configure(child, world);
}

function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  return new CliError('failed', 'Something went wrong that this program did not expect.', {
    reason: reasonOf(error),
  });
}

/** What happened, why, and what to do: for people, or as JSON for programs that asked for JSON. */
function report(error: CliError, world: World, words: readonly string[]): void {
  if (wantsJson(words)) {
    const { exit, message, reason, next } = error;
    const body = {
      error: {
        code: exit,
        message,
        ...(reason === undefined ? {} : { reason }),
        ...(next === undefined || next === '' ? {} : { next }),
        exitCode: EXIT_CODES[exit],
      },
    };
    world.stderr.write(`${printableJson(JSON.stringify(body))}\n`);
    return;
  }
  const colours = world.stderr.isTty && wantsColours(world.env, !words.includes('--no-color'));
  const lines: Span[][] = [[{ text: 'sallyport:', style: 'red' }, ' ', error.message]];
  if (error.reason !== undefined && error.reason !== '') lines.push(['  why: ', error.reason]);
  if (error.next !== undefined && error.next !== '') lines.push(['  try: ', error.next]);
  world.stderr.write(lines.map((line) => `${renderSpans(line, colours)}\n`).join(''));
}

function wantsJson(words: readonly string[]): boolean {
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  return own.some(
    (word, i) =>
      word === '--json' ||
      word === '--output=json' ||
      word === '-ojson' ||
      (word === 'json' && ['-o', '--output'].includes(own[i - 1] ?? '')),
  );
}
