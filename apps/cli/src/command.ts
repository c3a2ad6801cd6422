import type { Command } from 'commander';

/** What help says about a command beside its options. */
export interface CommandText {
  readonly summary: string;
  /** More than the summary; shown in the command's own help. */
  readonly description?: string;
  /** Command lines and what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
}

const EXAMPLES = new WeakMap<Command, CommandText['examples']>();

/** Adds a command below `parent`. `usage` is its name and arguments, as commander reads them. */
export function addCommand(parent: Command, usage: string, text: CommandText): Command {
  const { summary, description, examples } = text;
  const command = parent
    .command(usage)
    .summary(summary)
    .description(description ?? summary);
  if (examples.length > 0) command.addHelpText('after', () => examplesHelp(examples));
  EXAMPLES.set(command, examples);
  return command;
}

/** A command's examples, for the reference. */
export function examplesOf(command: Command): CommandText['examples'] {
  return EXAMPLES.get(command) ?? [];
}

function examplesHelp(examples: CommandText['examples']): string {
  return ['', 'Examples:', ...examples.flatMap(([line, does]) => [`  # ${does}`, `  ${line}`])].join('\n');
}

/** For an option that can be given more than once. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}
