/** The PostgreSQL door as a process: puts the parts together, runs until told to stop. */
import { existsSync } from 'node:fs';
import { ControlPlaneClient, readJoinTokenFile } from '@sallyport/control-plane-client';
import {
  createLogger,
  createMetricsRegistry,
  loadConfig,
  runService,
  startOpsServer,
} from '@sallyport/service-kit';
import { Publisher, Spool } from '@sallyport/session-events';
import { configSchema } from './config.ts';
import { maskingKey } from './masking-key.ts';
import { ProxyMetrics } from './proxy-metrics.ts';
import { ProxyServer } from './server.ts';
import { publisherOptions } from './publisher-options.ts';
import { CancelRegistry } from './stages/accept/cancel-registry.ts';
import { serverContext } from './stages/accept/server-context.ts';
import { CatalogStore } from './stages/classify/catalog-store.ts';
import { catalogReader } from './stages/classify/load-catalog.ts';

const NAME = 'proxy-postgres';
/** What is left in the spool after this is published after the next start. */
const PUBLISH_DRAIN_MS = 2000;

const config = loadConfig({ name: NAME, schema: configSchema });
const logger = createLogger({ name: NAME, level: config.logLevel });

function connectControlPlane(): Promise<ControlPlaneClient> {
  const { joinTokenFile, ...reach } = config.controlPlane;
  // A join token is used once; later starts have a certificate and may find no file.
  const mayJoin = joinTokenFile !== undefined && existsSync(joinTokenFile);
  const join = mayJoin ? { join: readJoinTokenFile(joinTokenFile) } : {};
  return ControlPlaneClient.connect({ ...reach, componentId: config.componentId, logger, ...join });
}

runService({
  logger,
  drainTimeoutMs: config.drainTimeoutMs,
  start: async () => {
    const registry = createMetricsRegistry(NAME);
    const spool = await Spool.open(config.spool.directory, { maxBytes: config.spool.maxBytes });
    const publisher = Publisher.start(spool, publisherOptions(config, logger));
    const controlPlane = await connectControlPlane();
    const catalogs = new CatalogStore({
      ...config.catalog,
      reader: catalogReader,
      queryTimeoutMs: config.limits.connectTimeoutMs,
      now: () => Date.now(),
      onProblem: (error) => {
        logger.warn('catalog could not be read', { error });
      },
    });
    const server = new ProxyServer({
      config,
      controlPlane,
      spool,
      catalogs,
      catalogReader,
      logger,
      cancels: new CancelRegistry(),
      maskingKey: maskingKey(config, logger),
      secureContext: serverContext(config.tls),
      metrics: new ProxyMetrics(registry),
    });
    await server.listen();
    const ops = await startOpsServer({
      ...config.ops,
      registry,
      checks: {
        controlPlane: () => controlPlane.connected,
        spool: () => spool.stats().diskError === undefined,
      },
    });
    logger.info('door is open', { host: config.listen.host, port: server.port });
    return {
      stop: async (deadline) => {
        ops.drain();
        await server.stop(deadline);
        catalogs.close();
        await controlPlane[Symbol.asyncDispose]();
        await publisher.stop(PUBLISH_DRAIN_MS);
        await spool.close();
        await ops.stop();
      },
    };
  },
});
