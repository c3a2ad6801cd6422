import { PGlite } from '@electric-sql/pglite';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';

/**
 * PGlite behind Prisma, for queries and for the schema engine. The published adapter
 * does not wait for `executeScript`, so that a migration that fails would look applied;
 * this one does, and closes the shadow databases it makes.
 */
export function pgliteAdapterFactory(client: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const inner = new PrismaPGlite(client);
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: async () => awaitScripts(await inner.connect(), client, () => Promise.resolve()),
    connectToShadowDb: async () => {
      const shadow = await PGlite.create({ dataDir: 'memory://' });
      return awaitScripts(await new PrismaPGlite(shadow).connect(), shadow, () => shadow.close());
    },
  };
}

function awaitScripts(
  adapter: SqlDriverAdapter,
  client: PGlite,
  dispose: () => Promise<void>,
): SqlDriverAdapter {
  adapter.executeScript = async (script) => {
    await client.exec(script);
  };
  adapter.dispose = dispose;
  return adapter;
}
