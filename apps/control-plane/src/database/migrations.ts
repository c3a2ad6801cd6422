import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaContainer, SchemaFilter } from '@prisma/schema-engine-wasm';
import { createSchemaEngine } from './schema-engine.ts';

export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
export const SCHEMA_FILE = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url));
export const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };

/** `schema.prisma` as the schema engine wants it. */
export function readSchema(): SchemaContainer {
  return { path: SCHEMA_FILE, content: readFileSync(SCHEMA_FILE, 'utf8') };
}

/** The migrations on disk, oldest first, as the schema engine wants them. */
export function readMigrations(directory = MIGRATIONS_DIRECTORY): MigrationList {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: directory,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: names.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(`${directory}/${path}/migration.sql`, 'utf8') },
      },
    })),
  };
}

/**
 * Brings the database to the newest migration; gives the names of those applied.
 * Rows in `_prisma_migrations` are those that `prisma migrate deploy` would write.
 * Throws if a migration fails or if one that was applied has changed since.
 * The caller holds the lock that keeps other replicas out.
 */
export async function deployMigrations(
  adapter: SqlMigrationAwareDriverAdapterFactory,
): Promise<readonly string[]> {
  const engine = await createSchemaEngine(adapter, readSchema());
  try {
    const migrationsList = readMigrations();
    const state = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTER,
    });
    if (state.editedMigrationNames.length > 0) {
      throw new Error(
        `these migrations were changed after they were applied: ${state.editedMigrationNames.join(', ')}`,
      );
    }
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTER });
    return appliedMigrationNames;
  } finally {
    engine.free();
  }
}
