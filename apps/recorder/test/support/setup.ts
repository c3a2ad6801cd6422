import {
  recordingPath,
  RecordingReader,
  readRecordingFile,
  verifyRecordingFile,
  type VerifyReport,
} from '@sallyport/recording-format';
import { createLogger } from '@sallyport/service-kit';
import { Publisher, Spool, type NatsOptions } from '@sallyport/session-events';
import {
  eventually,
  startNats,
  startServerProcess,
  temporaryDirectory,
  type NatsServer,
  type ServerProcess,
} from '@sallyport/testing';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configSchema, type Config } from '../../src/config.ts';
import { startRecorder, type RunningRecorder } from '../../src/server.ts';
import { connectFakeIndex, startFakeIndex, type FakeIndex } from './fake-index.ts';

/** NATS, the fake index, a directory for recordings and one for a spool; and recorders to start. */
export interface Setup extends AsyncDisposable {
  readonly nats: NatsServer;
  readonly natsOptions: NatsOptions;
  readonly index: FakeIndex;
  readonly directory: string;
  readonly spoolDirectory: string;
  /** In this process. */
  startRecorder(settings?: Partial<Config>): Promise<RunningRecorder>;
  /** In a process of its own. */
  startRecorderProcess(): Promise<ServerProcess>;
  startProxyProcess(
    sessions: readonly string[],
  ): Promise<ServerProcess & { accepted(): Map<string, number> }>;
  /** A spool that is published, in this process. */
  openSpool(): Promise<Spool>;
  verify(sessionId: string): Promise<VerifyReport>;
  /** Sequences in a recording, in the order of the file. */
  sequences(sessionId: string): Promise<number[]>;
  /** Bytes of a recording's file; 0 while there is none. */
  size(sessionId: string): number;
  sealed(sessionId: string): Promise<unknown>;
}

export async function setUp(): Promise<Setup> {
  const parts = new AsyncDisposableStack();
  const nats = parts.use(await startNats());
  const index = parts.use(await startFakeIndex());
  const recordings = parts.use(temporaryDirectory('recordings'));
  const spools = parts.use(temporaryDirectory('spool'));
  const natsOptions: NatsOptions = {
    servers: [nats.url],
    name: 'spec',
    ...(nats.token === null ? {} : { token: nats.token }),
  };
  const spoolDirectory = spools.join('spool');
  const tokenFile = spools.join('nats-token');
  writeFileSync(tokenFile, nats.token ?? '');
  const path = (sessionId: string) => recordingPath(recordings.path, sessionId);
  const config = (settings: Partial<Config> = {}): Config => ({
    ...configSchema.parse({
      recordings: { directory: recordings.path },
      controlPlane: { stateDirectory: '/nonexistent' },
      nats: { servers: [nats.url], tokenFile },
      leaseMs: 2000,
      lostSessionsPollMs: 100,
      ops: { port: 0 },
    }),
    ...settings,
  });
  const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  return {
    nats,
    natsOptions,
    index,
    directory: recordings.path,
    spoolDirectory,
    startRecorder: async (settings) => {
      const logger = createLogger({
        name: 'recorder',
        level: process.env['RECORDER_LOG'] === undefined ? 'silent' : 'debug',
      });
      const running = await startRecorder({
        config: config(settings),
        logger,
        connect: () => connectFakeIndex(index.address),
      });
      let stopped: Promise<void> | undefined;
      const stop = (deadline: AbortSignal) => (stopped ??= running.stop(deadline));
      parts.defer(() => stop(AbortSignal.timeout(5000)));
      return { ...running, stop };
    },
    startRecorderProcess: async () => {
      const args = [
        '--disable-warning=ExperimentalWarning',
        script('recorder-process.ts'),
        JSON.stringify(config()),
        index.address,
      ];
      const started = parts.use(
        await startServerProcess({ command: process.execPath, args, env: plainEnvironment() }),
      );
      await started.ready('the recorder runs', () => started.output().includes('ops port'));
      return started;
    },
    startProxyProcess: async (sessions) => {
      const recordingKey = Buffer.from(index.recordingKey.exportPkcs8()).toString('base64');
      const orders = { spool: spoolDirectory, nats: natsOptions, recordingKey, sessions };
      let text = '';
      const onOutput = (chunk: string) => {
        text += chunk;
      };
      const args = [script('proxy-process.ts'), JSON.stringify(orders)];
      const started = parts.use(
        await startServerProcess({ command: process.execPath, args, env: plainEnvironment(), onOutput }),
      );
      return Object.assign(started, { accepted: () => lastLines(text) });
    },
    openSpool: async () => {
      const spool = await Spool.open(spoolDirectory);
      const publisher = Publisher.start(spool, { nats: natsOptions });
      parts.defer(async () => {
        await publisher.stop();
        await spool.close();
      });
      return spool;
    },
    verify: (sessionId) => verifyRecordingFile(path(sessionId), index.recordingKey.publicKey, { sessionId }),
    sequences: async (sessionId) => {
      if (!existsSync(path(sessionId))) return [];
      const found: number[] = [];
      for await (const { event } of new RecordingReader(readRecordingFile(path(sessionId))))
        found.push(Number(event.sequence));
      return found;
    },
    size: (sessionId) => statSync(path(sessionId), { throwIfNoEntry: false })?.size ?? 0,
    sealed: (sessionId) =>
      eventually(`${sessionId} is sealed and reported`, () => index.seals.has(sessionId), {
        timeoutMs: 25_000,
      }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Without jest's own options, which a plain node would take as its own. */
function plainEnvironment(): Record<string, string | undefined> {
  return { ...process.env, NODE_OPTIONS: '' };
}

/** The last number said of each session. */
function lastLines(text: string): Map<string, number> {
  const last = new Map<string, number>();
  for (const [, id = '', sequence = ''] of text.matchAll(/^(\S+) (\d+)$/gm)) last.set(id, Number(sequence));
  return last;
}
