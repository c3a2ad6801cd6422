import type { JsonValue } from '@bufbuild/protobuf';
import type { World } from '../world.ts';
import { printable, printableJson } from './printable.ts';
import { renderSpans, type Span } from './span.ts';
import { renderTable, type Table } from './table.ts';

export const OUTPUT_FORMATS = ['table', 'json', 'yaml'] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Writes answers: data to standard output in the format asked for, all else to standard error. */
export class Output {
  readonly format: OutputFormat;
  readonly #world: World;
  readonly #colours: boolean;

  constructor(world: World, format: OutputFormat, colours: boolean) {
    this.#world = world;
    this.format = format;
    this.#colours = colours;
  }

  /** Whether people read this, rather than programs. */
  get isForPeople(): boolean {
    return this.format === 'table';
  }

  /** An answer: as `json` for programs, or as `people` writes it. */
  async answer(json: () => JsonValue, people: () => void): Promise<void> {
    switch (this.format) {
      case 'table':
        people();
        return;
      case 'json':
        this.raw(printableJson(JSON.stringify(json(), null, 2)));
        return;
      case 'yaml': {
        const { printableYaml } = await import('./printable-yaml.ts');
        this.raw(printableYaml(json()));
        return;
      }
    }
  }

  /** One of many answers, as they come: one line of JSON, one document of YAML, or as `people` writes it. */
  async item(json: () => JsonValue, people: () => void): Promise<void> {
    if (this.format === 'json') this.raw(printableJson(JSON.stringify(json())));
    else {
      if (this.format === 'yaml') this.raw('---');
      await this.answer(json, people);
    }
  }

  table(table: Table): void {
    const { isTty, columns } = this.#world.stdout;
    for (const line of renderTable(table, this.#colour(this.#world.stdout), isTty ? columns : undefined))
      this.raw(line);
  }

  /** A line of data. */
  line(...spans: readonly Span[]): void {
    this.raw(renderSpans(spans, this.#colour(this.#world.stdout)));
  }

  /** A text of several lines, tabs as spaces, each made safe. */
  block(text: string, indent = ''): void {
    for (const line of text.replaceAll('\r\n', '\n').trimEnd().split('\n'))
      this.line(indent, line.replaceAll('\t', '    '));
  }

  /** A line for people beside the data: progress, what was done. */
  say(...spans: readonly Span[]): void {
    this.#world.stderr.write(`${renderSpans(spans, this.#colour(this.#world.stderr))}\n`);
  }

  /** A line that is safe already. */
  raw(line: string): void {
    this.#world.stdout.write(`${line}\n`);
  }

  /** Data that goes out as it is, with nothing added: a token, a manifest. Made safe for a terminal, exact for a pipe. */
  verbatim(text: string): void {
    const safe = this.#world.stdout.isTty ? text.split('\n').map(printable).join('\n') : text;
    this.#world.stdout.write(safe.endsWith('\n') ? safe : `${safe}\n`);
  }

  #colour(sink: World['stdout']): boolean {
    return this.#colours && sink.isTty;
  }
}

/** Whether colours are wanted at all: not with --no-color, NO_COLOR (no-color.org) or a dumb terminal. */
export function wantsColours(env: World['env'], flag: boolean): boolean {
  return flag && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
