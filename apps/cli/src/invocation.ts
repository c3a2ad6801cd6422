import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import type { AdminApi } from './client.ts';
import type { Settings } from './connection/settings.ts';
import type { ExitName } from './exit-code.ts';
import { Output, OUTPUT_FORMATS, wantsColours, type OutputFormat } from './output/output.ts';
import type { World } from './world.ts';

/** One run of one command: its arguments and options, typed, and what it needs to do its work. */
export class Invocation {
  readonly world: World;
  readonly output: Output;
  readonly #arguments: readonly unknown[];
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(world: World, command: Command) {
    this.world = world;
    this.#arguments = command.processedArgs;
    this.#options = command.optsWithGlobals();
    this.output = new Output(world, outputFormat(this.#options), wantsColours(world.env, this.flag('color')));
  }

  /** The argument at this place. Commander has refused the command line if it had to be there and was not. */
  argument(index: number): string {
    const value = this.#arguments[index];
    return typeof value === 'string' ? value : '';
  }

  optionalArgument(index: number): string | undefined {
    const value = this.#arguments[index];
    return typeof value === 'string' ? value : undefined;
  }

  /** The arguments from this place on, of a command that takes any number. */
  rest(index: number): readonly string[] {
    const value = this.#arguments[index];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** An option's value, by its camelCase name. */
  text(name: string): string | undefined {
    const value = this.#options[name];
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  /** The values of an option that can be given more than once. */
  list(name: string): readonly string[] {
    const value = this.#options[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** A whole number from 0. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^[0-9]{1,9}$/.test(text)) return Number(text);
    throw new CliError('usage', `--${name} "${text}" is not a whole number.`);
  }

  async settings(): Promise<Settings> {
    const { readSettings } = await import('./connection/settings.ts');
    return readSettings(this.world, { url: this.text('url'), tokenFile: this.text('tokenFile') });
  }

  /** The admin API, with a token that is renewed if it is about to end. */
  async connect(): Promise<AdminApi> {
    const settings = await this.settings();
    const [{ createAdminApi }, { tokenToUse }] = await Promise.all([
      import('./client.ts'),
      import('./login/session-token.ts'),
    ]);
    return createAdminApi(settings.url, await tokenToUse(this.world, settings));
  }
}

function outputFormat(options: Readonly<Record<string, unknown>>): OutputFormat {
  if (options['json'] === true) return 'json';
  return OUTPUT_FORMATS.find((format) => format === options['output']) ?? 'table';
}

/** What a command does; its exit is `ok` unless it says otherwise, or is that of another program. */
export type Handler = (invocation: Invocation) => Promise<ExitName | number> | Promise<void>;

/** Makes a handler commander's action. */
export type On = (handler: Handler) => (this: Command) => Promise<void>;
