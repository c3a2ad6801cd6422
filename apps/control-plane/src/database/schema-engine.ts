import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import { __wbg_set_wasm, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { SchemaContainer } from '@prisma/schema-engine-wasm';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

let loading: Promise<void> | undefined;

/**
 * Prisma's own schema engine as WebAssembly: no binary to download. It must be of the
 * same release as the Prisma client (its version carries the engines' commit).
 */
export async function createSchemaEngine(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  schema: SchemaContainer,
): Promise<SchemaEngine> {
  loading ??= loadEngine();
  await loading;
  return SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
}

async function loadEngine(): Promise<void> {
  const file = fileURLToPath(
    new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')),
  );
  const { instance } = await WebAssembly.instantiate(await readFile(file), {
    './schema_engine_bg.js': { ...bindings, ...patientTimers() },
  });
  __wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/**
 * The engine sets a timer for its lock and forgets it, which would keep a process from
 * ending; so its timers do not count as work.
 */
function patientTimers(): Record<string, unknown> {
  const names = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  return Object.fromEntries(
    names.map((name) => [name, (callback: () => void, ms: number) => setTimeout(callback, ms).unref()]),
  );
}
