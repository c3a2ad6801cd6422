import { createLogger, loadConfig, runService } from '@sallyport/service-kit';
import { configSchema } from './config.ts';
import { startRecorder } from './server.ts';

const config = loadConfig({ name: 'sallyport-recorder', schema: configSchema });
const logger = createLogger({ name: 'recorder', level: config.logLevel });

runService({ logger, drainTimeoutMs: config.drainTimeoutMs, start: () => startRecorder({ config, logger }) });
