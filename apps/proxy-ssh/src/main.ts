/** The SSH door as a process: puts the parts together, runs until told to stop. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
import { publisherOptions } from './publisher-options.ts';
import { ProxyServer } from './server.ts';
import { DoorIdentity } from './transport/door-identity.ts';
import { loadHostKey } from './transport/host-key.ts';
import { nativeCiphers, transportReady } from './transport/ssh2-protocol.ts';

const NAME = 'proxy-ssh';
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

async function startIdentity(certifier: ControlPlaneClient): Promise<DoorIdentity> {
  const { file = join(config.controlPlane.stateDirectory, 'host-key.pem'), names } = config.hostKey;
  const identity = new DoorIdentity({
    key: loadHostKey(file),
    certifier,
    hostNames: names,
    nowMs: () => Date.now(),
    onProblem: (error) => {
      logger.warn('no host certificate: callers must know the host key itself', { error });
    },
  });
  await identity.start();
  return identity;
}

runService({
  logger,
  drainTimeoutMs: config.drainTimeoutMs,
  start: async () => {
    await transportReady;
    const registry = createMetricsRegistry(NAME);
    const spool = await Spool.open(config.spool.directory, { maxBytes: config.spool.maxBytes });
    const publisher = Publisher.start(spool, publisherOptions(config, logger));
    const controlPlane = await connectControlPlane();
    const identity = await startIdentity(controlPlane);
    const metrics = new ProxyMetrics(registry);
    const server = new ProxyServer({
      config,
      controlPlane,
      spool,
      identity,
      maskingKey: maskingKey(config, logger),
      logger,
      metrics,
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
    logger.info('door is open', { host: config.listen.host, port: server.port, nativeCiphers });
    return {
      stop: async (deadline) => {
        ops.drain();
        await server.stop(deadline);
        identity.close();
        await controlPlane[Symbol.asyncDispose]();
        await publisher.stop(PUBLISH_DRAIN_MS);
        await spool.close();
        await ops.stop();
      },
    };
  },
});
