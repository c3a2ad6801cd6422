import { createLogger, loadConfig, runService } from '@sallyport/service-kit';
import { controlPlaneConfig } from './config.ts';
import { startControlPlane } from './server.ts';

const config = loadConfig({ name: 'sallyport-control-plane', schema: controlPlaneConfig });
const logger = createLogger({ name: 'control-plane', level: config.logLevel });

runService({
  logger,
  drainTimeoutMs: config.drainTimeoutSeconds * 1000,
  start: () => startControlPlane({ config, logger, env: process.env }),
});
