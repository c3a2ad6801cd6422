import { parse } from 'yaml';
import type * as z from 'zod';
import { parseConfigFile, readConfigFile, type ConfigFile } from './config-file.ts';
import { configLeaves, type ConfigLeaf, type ConfigSchema } from './config-schema.ts';
import { configHelp } from './config-help.ts';

export interface ConfigRequest<S extends ConfigSchema> {
  /** The service's name, for `--help`. */
  readonly name: string;
  readonly schema: S;
  /** Arguments after the script's own: `process.argv.slice(2)`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `run`: go on with this. `exit`: print the text and end with the code. */
export type ConfigOutcome<T> =
  | { readonly kind: 'run'; readonly config: T }
  | { readonly kind: 'exit'; readonly code: 0 | 1; readonly text: string };

interface Arguments {
  readonly file: string | undefined;
  readonly check: boolean;
  readonly help: boolean;
  readonly problems: readonly string[];
}

/**
 * Reads a service's configuration: the YAML file of `--config FILE`, then environment
 * variables over it, then the schema. Reports every problem at once, each with
 * `file:line` or the variable's name. Environment variables that no setting has are
 * not looked at: Kubernetes puts its own there.
 */
export function readConfig<S extends ConfigSchema>(request: ConfigRequest<S>): ConfigOutcome<z.output<S>> {
  const leaves = configLeaves(request.schema);
  const args = parseArguments(request.argv);
  if (args.help) return { kind: 'exit', code: 0, text: configHelp(request.name, leaves) };
  const file = args.file === undefined ? parseConfigFile('configuration', '') : readConfigFile(args.file);
  const problems = [...args.problems, ...file.problems];
  const input = structuredClone(file.value);
  const fromEnv = new Map<string, string>();
  for (const leaf of leaves) {
    const text = request.env[leaf.variable];
    if (text === undefined || text === '') continue;
    fromEnv.set(leaf.path.join('.'), leaf.variable);
    problems.push(...override(input, leaf, text));
  }
  const parsed = request.schema.safeParse(input);
  if (!parsed.success && file.problems.length === 0) {
    problems.push(...describeIssues(parsed.error, file, args.file !== undefined, fromEnv));
  }
  if (problems.length > 0 || !parsed.success) {
    return { kind: 'exit', code: 1, text: problems.map((problem) => `error: ${problem}\n`).join('') };
  }
  if (args.check) return { kind: 'exit', code: 0, text: 'configuration is valid\n' };
  return { kind: 'run', config: parsed.data };
}

function parseArguments(argv: readonly string[]): Arguments {
  const problems: string[] = [];
  let file: string | undefined;
  let check = false;
  let help = false;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index];
    if (argument === '--help' || argument === '-h') help = true;
    else if (argument === '--check-config') check = true;
    else if (argument === '--config') {
      index += 1;
      file = argv[index];
      if (file === undefined) problems.push('--config needs a file');
    } else if (argument?.startsWith('--config=') === true) file = argument.slice('--config='.length);
    else problems.push(`unknown argument "${argument ?? ''}"; see --help`);
  }
  return { file, check, help, problems };
}

/** Puts a variable's value at its place; returns problems. */
function override(input: unknown, leaf: ConfigLeaf, text: string): readonly string[] {
  let value: unknown = text;
  if (!leaf.textual) {
    try {
      value = parse(text);
    } catch {
      return [`${leaf.variable}: is not valid YAML`];
    }
  }
  let level = input;
  for (const [depth, key] of leaf.path.entries()) {
    if (typeof level !== 'object' || level === null) return [];
    if (depth === leaf.path.length - 1) Reflect.set(level, key, value);
    else if (Reflect.get(level, key) === undefined) Reflect.set(level, key, {});
    level = Reflect.get(level, key);
  }
  return [];
}

function describeIssues(
  error: z.ZodError,
  file: ConfigFile,
  hasFile: boolean,
  fromEnv: ReadonlyMap<string, string>,
): readonly string[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    const variable = fromEnv.get(path);
    const place = (key?: string) => variable ?? (hasFile ? file.locate(issue.path, key) : 'configuration');
    if (issue.code !== 'unrecognized_keys')
      return [`${place()}: ${path === '' ? '' : `${path}: `}${wordsOf(issue)}`];
    return issue.keys.map(
      (key) => `${place(key)}: unknown key "${[...issue.path, key].map(String).join('.')}"`,
    );
  });
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) return 'is required';
  return issue.message;
}
