import type * as z from 'zod';
import type { ConfigSchema } from './config-schema.ts';
import { readConfig, type ConfigRequest } from './read-config.ts';

export type LoadConfigOptions<S extends ConfigSchema> = Pick<ConfigRequest<S>, 'name' | 'schema'> &
  Partial<Pick<ConfigRequest<S>, 'argv' | 'env'>>;

/**
 * The configuration of this process, or its end: `--help` and `--check-config` end it
 * with 0, a wrong configuration with 1 and every problem on standard error.
 */
export function loadConfig<S extends ConfigSchema>(options: LoadConfigOptions<S>): z.output<S> {
  const outcome = readConfig({ argv: process.argv.slice(2), env: process.env, ...options });
  if (outcome.kind === 'run') return outcome.config;
  (outcome.code === 0 ? process.stdout : process.stderr).write(outcome.text);
  return process.exit(outcome.code);
}
