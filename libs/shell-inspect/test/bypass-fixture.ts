import { readFileSync } from 'node:fs';
import type { ShellOptions } from '../src/index.ts';

export interface BypassRow {
  /** As it stands in the file. */
  readonly row: string;
  readonly text: string;
  readonly options: ShellOptions;
  /** One line for each effect. */
  readonly expected: readonly string[];
}

/** What the mark in front of a row stands for. Without one: an exec without a pty, by a shell that is not known. */
const OPTIONS: Readonly<Record<string, ShellOptions>> = {
  bash: { dialect: 'bash' },
  zsh: { dialect: 'zsh' },
  posix: { dialect: 'posix' },
  other: { dialect: 'other' },
  tty: { hasTerminal: true },
  line: { interactive: true },
};

const FILE = new URL('../fixtures/bypass.txt', import.meta.url);

/** The rows of fixtures/bypass.txt: a text at the start of a line, what it does below it, indented. */
export function bypassRows(): BypassRow[] {
  const rows: { row: string; expected: string[] }[] = [];
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    if (line === '' || /^##? /.test(line)) continue;
    if (line.startsWith('  ')) rows.at(-1)?.expected.push(line.slice(2));
    else rows.push({ row: line, expected: [] });
  }
  return rows.map(({ row, expected }) => ({ row, expected, ...readRow(row) }));
}

/** `⏎` and `⇥` stand for a newline and a tab, `<U+0000>` for a character that would not show. */
export function readRow(row: string): { text: string; options: ShellOptions } {
  const [all = '', mark = ''] = /^@(\w+) /.exec(row) ?? [];
  const text = row
    .slice(all.length)
    .replaceAll('⏎', '\n')
    .replaceAll('⇥', '\t')
    .replaceAll(/<U\+([0-9A-F]{4})>/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return { text, options: { hasTerminal: false, ...OPTIONS[mark] } };
}
