import type { Command, Option } from 'commander';
import type { Invocation } from '../invocation.ts';

/** One candidate a line, for a shell's completion script. */
export async function printCandidates(invocation: Invocation, program: Command): Promise<void> {
  for (const candidate of await candidatesFor(invocation.rest(0), program, (protocol) =>
    targetNames(invocation, protocol),
  ))
    invocation.output.line(candidate);
}

/** The names of the targets that the caller can reach, of one protocol if that is said. */
export type TargetNames = (protocol?: string) => Promise<readonly string[]>;

/** What could stand in place of the last word. */
export async function candidatesFor(
  words: readonly string[],
  program: Command,
  targets: TargetNames,
): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return [];
  const { command, positions } = findCommand(program, before);
  const option = optionOf(command, before.at(-1) ?? '');
  if (option !== undefined && takesValue(option))
    return matching(option.argChoices ?? (await targetOption(option, targets)), typed);
  if (typed.startsWith('-'))
    return matching(
      optionsOf(command).flatMap((known) => (known.long === undefined || known.hidden ? [] : [known.long])),
      typed,
    );
  const children = command.commands
    .filter((child) => !Reflect.get(child, '_hidden'))
    .map((child) => child.name());
  if (children.length > 0) return matching(children, typed);
  return matching(await argumentValues(command, positions, targets), typed);
}

/** Commands whose target speaks one protocol. */
const PROTOCOLS: Readonly<Record<string, string>> = { psql: 'postgres', ssh: 'ssh' };

async function argumentValues(
  command: Command,
  position: number,
  targets: TargetNames,
): Promise<readonly string[]> {
  const name = command.registeredArguments[position]?.name();
  switch (name) {
    case 'target':
      return targets(PROTOCOLS[command.name()]);
    case 'authority':
      return ['user', 'host', 'upstream'];
    case 'shell':
      return ['bash', 'zsh', 'fish'];
    case 'kind':
      return command.name() === 'join-token' ? ['proxy', 'recorder'] : ['Policy', 'Target', 'Issuer', 'Role'];
    default:
      return [];
  }
}

async function targetOption(option: Option, targets: TargetNames): Promise<readonly string[]> {
  return option.long === '--target' ? targets() : [];
}

function findCommand(
  program: Command,
  words: readonly string[],
): { readonly command: Command; readonly positions: number } {
  let command = program;
  let positions = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    const option = optionOf(command, word);
    if (option !== undefined && takesValue(option)) i += 1;
    if (word.startsWith('-')) continue;
    const child = command.commands.find((known) => known.name() === word);
    if (child === undefined) positions += 1;
    else command = child;
  }
  return { command, positions };
}

function optionsOf(command: Command): readonly Option[] {
  return command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];
}

function optionOf(command: Command, word: string): Option | undefined {
  return word.startsWith('-')
    ? optionsOf(command).find((option) => option.long === word || option.short === word)
    : undefined;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function matching(names: readonly string[], typed: string): readonly string[] {
  return names.filter((name) => name.startsWith(typed));
}

/** The targets that the caller can reach; none where they cannot be asked for: completion has no place for errors. */
async function targetNames(invocation: Invocation, protocol?: string): Promise<readonly string[]> {
  try {
    const api = await invocation.connect();
    const { targets } = await api.access.listTargets({}, { timeoutMs: 1_000 });
    return targets.flatMap(({ target }) =>
      target === undefined || (protocol !== undefined && target.protocol !== protocol) ? [] : [target.name],
    );
  } catch {
    return [];
  }
}
