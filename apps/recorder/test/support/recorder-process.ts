import { createLogger } from '@sallyport/service-kit';
import { configSchema } from '../../src/config.ts';
import { startRecorder } from '../../src/server.ts';
import { connectFakeIndex } from './fake-index.ts';

// A recorder in a process of its own, so that it can be killed: with the configuration in the first
// argument (JSON), and the fake index at the address in the second.
const [, , json = '{}', address = ''] = process.argv;
const logger = createLogger({ name: 'recorder', level: 'info' });
const running = await startRecorder({
  config: configSchema.parse(JSON.parse(json)),
  logger,
  connect: () => connectFakeIndex(address),
});
process.stdout.write(`ops port ${running.opsPort}\n`);
process.on('SIGTERM', () => {
  void running.stop(AbortSignal.timeout(10_000)).then(() => process.exit(0));
});
