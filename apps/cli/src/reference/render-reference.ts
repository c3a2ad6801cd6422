import type { Argument, Command, Option } from 'commander';
import { examplesOf } from '../command.ts';
import { EXIT_CODES, EXIT_MEANINGS } from '../exit-code.ts';
import { ENVIRONMENT } from '../program.ts';
import { OUTPUT_NOTES, REFERENCE_INTRODUCTION } from './reference-text.ts';

/** The reference of the command line, in Markdown, from the command tree itself. */
export function renderReference(program: Command): string {
  return [
    REFERENCE_INTRODUCTION,
    '## Options of every command\n',
    optionTable(program.options),
    '## Environment\n',
    table(
      ['variable', 'what it does'],
      ENVIRONMENT.map(([name, does]) => [code(name), does]),
    ),
    '## Exit codes\n',
    table(['code', 'name in JSON errors', 'when'], exitRows()),
    '`sallyport psql`, `ssh`, `scp` and `sftp` end with the exit code of that program, or 128 and the number of the signal that ended it.\n',
    OUTPUT_NOTES,
    '## Commands\n',
    ...visible(program).flatMap((command) => renderCommand(command)),
  ].join('\n');
}

function renderCommand(command: Command): string[] {
  const children = visible(command);
  if (children.length > 0) return children.flatMap(renderCommand);
  const examples = examplesOf(command);
  return [
    `### ${pathOf(command)}\n`,
    `${command.description()}\n`,
    `    ${usageOf(command)}\n`,
    ...(command.options.length === 0 ? [] : [optionTable(command.options)]),
    ...(examples.length === 0
      ? []
      : ['```sh', ...examples.flatMap(([line, does]) => [`# ${does}`, line]), '```\n']),
  ];
}

function visible(command: Command): readonly Command[] {
  const help = command.createHelp();
  return help.visibleCommands(command).filter((child) => child.name() !== 'help');
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function usageOf(command: Command): string {
  const options = command.options.length === 0 ? '' : ' [options]';
  return [pathOf(command) + options, ...command.registeredArguments.map(argumentUsage)].join(' ');
}

function argumentUsage(argument: Argument): string {
  const name = argument.name().toUpperCase() + (argument.variadic ? '...' : '');
  return argument.required ? name : `[${name}]`;
}

function optionTable(options: readonly Option[]): string {
  return table(
    ['option', 'what it does', 'default'],
    options
      .filter(({ hidden }) => !hidden)
      .map((option) => [code(option.flags), describeOption(option), describeDefault(option)]),
  );
}

function describeOption(option: Option): string {
  const choices = option.argChoices === undefined ? '' : `: ${option.argChoices.join(', ')}`;
  return option.description + choices + (option.mandatory ? '; required' : '');
}

function describeDefault(option: Option): string {
  const value: unknown = option.defaultValue;
  return typeof value === 'string' && value !== '' ? code(value) : '';
}

function exitRows(): string[][] {
  const meanings = new Map(Object.entries(EXIT_MEANINGS));
  return Object.entries(EXIT_CODES).map(([name, exit]) => [
    String(exit),
    code(name),
    meanings.get(name) ?? '',
  ]);
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
