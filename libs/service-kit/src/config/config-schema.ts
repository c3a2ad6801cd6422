import * as z from 'zod';

/** A schema of a whole configuration file: an object whose every level is strict. */
export type ConfigSchema = z.ZodType;

/** One setting that has no settings below it. */
export interface ConfigLeaf {
  readonly path: readonly string[];
  /** Name of the environment variable that overrides it. */
  readonly variable: string;
  /** JSON type as people write it: "string", "integer", "array of string"... */
  readonly type: string;
  /** Whether the text of the environment variable is taken as it is. */
  readonly textual: boolean;
  readonly description: string;
  readonly defaultValue: unknown;
  readonly required: boolean;
}

/** JSON Schema (draft 2020-12) of what a person writes, for Helm's values.schema.json and editors. */
export function configJsonSchema(schema: ConfigSchema): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) };
}

/**
 * Every setting of a schema, in order. Throws on what a programmer got wrong: a
 * level that is not strict (a misspelt key would pass), or two settings with the
 * same environment variable.
 */
export function configLeaves(schema: ConfigSchema): readonly ConfigLeaf[] {
  const leaves: ConfigLeaf[] = [];
  collect(configJsonSchema(schema), [], true, leaves);
  const seen = new Set<string>();
  for (const { variable } of leaves) {
    if (seen.has(variable)) throw new Error(`two settings share the variable ${variable}`);
    seen.add(variable);
  }
  return leaves;
}

/** `recording.maxBytes` is overridden by `SALLYPORT_RECORDING_MAX_BYTES`. */
export function variableOf(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return ['SALLYPORT', ...words].join('_');
}

function collect(node: unknown, path: readonly string[], required: boolean, leaves: ConfigLeaf[]): void {
  const properties = field(node, 'properties');
  if (isRecord(node) && isRecord(properties)) {
    if (node['additionalProperties'] !== false) {
      throw new Error(`the configuration schema is not strict at "${path.join('.')}"; use z.strictObject`);
    }
    const requiredKeys = Array.isArray(node['required']) ? node['required'] : [];
    for (const [key, child] of Object.entries(properties)) {
      collect(child, [...path, key], required && requiredKeys.includes(key), leaves);
    }
    return;
  }
  const description = field(node, 'description');
  leaves.push({
    path,
    variable: variableOf(path),
    type: typeOf(node),
    textual: isTextual(node),
    description: typeof description === 'string' ? description : '',
    defaultValue: field(node, 'default'),
    required,
  });
}

function typeOf(node: unknown): string {
  const choices = field(node, 'enum');
  if (Array.isArray(choices)) return choices.join(' | ');
  const alternatives = field(node, 'anyOf') ?? field(node, 'oneOf');
  if (Array.isArray(alternatives)) return [...new Set(alternatives.map(typeOf))].join(' or ');
  const type = field(node, 'type');
  if (type === 'array') return `array of ${typeOf(field(node, 'items'))}`;
  return typeof type === 'string' ? type : 'value';
}

function isTextual(node: unknown): boolean {
  const alternatives = field(node, 'anyOf') ?? field(node, 'oneOf');
  if (Array.isArray(alternatives)) return alternatives.every(isTextual);
  return field(node, 'type') === 'string';
}

function field(node: unknown, key: string): unknown {
  return isRecord(node) ? node[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
