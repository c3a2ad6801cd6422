import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { examplesOf } from '../command.ts';
import { buildProgram } from '../program.ts';
import { renderReference } from './render-reference.ts';

const FILE = new URL('../../../../docs/reference/cli.md', import.meta.url);
const program = buildProgram(() => async () => {});

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

describe('docs/reference/cli.md', () => {
  it('is what the command tree says; UPDATE_CLI_REFERENCE=1 writes it', () => {
    const reference = renderReference(program);
    if (process.env['UPDATE_CLI_REFERENCE'] === '1') writeFileSync(FILE, reference);
    expect(readFileSync(FILE, 'utf8')).toBe(reference);
  });
});

describe('every command', () => {
  const commands = leaves(program).filter((command) => command.name() !== 'complete');

  it.each(commands.map((command): [string, Command] => [command.name(), command]))(
    '%s has a summary and examples',
    (_, command) => {
      expect(command.summary()).toMatch(/^[A-Z].*\.$/);
      expect(examplesOf(command).length).toBeGreaterThan(0);
    },
  );

  it('is in its own examples, so that they do not go stale', () => {
    for (const command of commands) {
      const path =
        command.parent === program ? command.name() : `${command.parent?.name() ?? ''} ${command.name()}`;
      for (const [line] of examplesOf(command)) expect(line).toContain(`sallyport ${path}`);
    }
  });

  it('has only examples that the command line accepts', async () => {
    for (const command of commands) {
      for (const [line] of examplesOf(command)) {
        const words = wordsOf(line);
        const parsed = buildProgram(() => async () => {}).exitOverride();
        for (const child of [
          ...parsed.commands,
          ...parsed.commands.flatMap(({ commands: grandchildren }) => grandchildren),
        ])
          child.exitOverride();
        await expect(parsed.parseAsync(words, { from: 'user' })).resolves.toBe(parsed);
      }
    }
  });
});

/** The words of the `sallyport` command in a shell line, up to a pipe, a redirection or a closing parenthesis. */
function wordsOf(line: string): string[] {
  const start = line.slice(line.indexOf('sallyport ') + 'sallyport '.length);
  const words = start.match(/"[^"]*"|'[^']*'|[^\s]+/g) ?? [];
  const end = words.findIndex((word) => word === '|' || word === '>');
  const own = (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/^["']|["']$/g, ''));
  const close = own.findIndex((word) => word.endsWith(')'));
  return close < 0 ? own : [...own.slice(0, close), (own[close] ?? '').slice(0, -1)];
}
