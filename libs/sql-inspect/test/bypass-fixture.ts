import { readFileSync } from 'node:fs';

export interface BypassRow {
  readonly sql: string;
  /** One line for each statement of the text. */
  readonly expected: readonly string[];
}

/** The rows of fixtures/bypass.txt: a statement at the start of a line, what it does below it, indented. */
export function bypassRows(): BypassRow[] {
  const text = readFileSync(new URL('../fixtures/bypass.txt', import.meta.url), 'utf8');
  const rows: { sql: string; expected: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('  ')) rows.at(-1)?.expected.push(line.slice(2));
    else rows.push({ sql: line, expected: [] });
  }
  return rows;
}
