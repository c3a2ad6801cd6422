import { PGlite } from '@electric-sql/pglite';
import { NO_FILTER, readMigrations, readSchema } from './migrations.ts';
import { pgliteAdapterFactory } from './pglite-adapter.ts';
import { createSchemaEngine } from './schema-engine.ts';

/**
 * The SQL that would bring what the migrations make to what `schema.prisma` says, found
 * by running them on an empty PGlite; empty if they agree.
 */
export async function findSchemaDrift(): Promise<string> {
  const client = await PGlite.create({ dataDir: 'memory://' });
  const schema = readSchema();
  const engine = await createSchemaEngine(pgliteAdapterFactory(client), schema);
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations() },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    });
    const script = stdout ?? '';
    return script.includes('This is an empty migration') ? '' : script;
  } finally {
    engine.free();
    await client.close();
  }
}
