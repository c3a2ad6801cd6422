import { readJoinTokenFile, RecorderClient } from '@sallyport/control-plane-client';
import {
  createMetricsRegistry,
  startOpsServer,
  type Logger,
  type RunningService,
} from '@sallyport/service-kit';
import type { NatsOptions } from '@sallyport/session-events';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import type { Config } from './config.ts';
import { ControlPlaneLink } from './control-plane-link.ts';
import { RecorderMetrics, registerRecorderGauges } from './recorder-metrics.ts';
import type { RecordingIndexPort } from './recording-index-port.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import type { RecordingObserver } from './recording-store.ts';
import { Sealer } from './sealer.ts';

export interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Default: joins the control plane that `config` names. */
  readonly connect?: () => Promise<RecordingIndexPort>;
}

/** A recorder that runs. */
export interface RunningRecorder extends RunningService {
  readonly opsPort: number;
}

/** Starts the parts. NATS and the control plane may come later; the directory must be there. */
export async function startRecorder({ config, logger, connect }: StartOptions): Promise<RunningRecorder> {
  const { directory } = config.recordings;
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  accessSync(directory, constants.R_OK | constants.W_OK);
  const sealer = new Sealer();
  const link = new ControlPlaneLink({
    connect: connect ?? (() => joinControlPlane(config, logger)),
    sealer,
    logger,
  });
  const registry = createMetricsRegistry('recorder');
  const metrics = new RecorderMetrics(registry);
  const recorder = new Recorder({
    ...recorderSettings(config),
    sealer,
    index: () => link.port,
    logger,
    observer: observerOf(metrics, logger),
    onStorageFailure: () => {
      metrics.storageFailed();
    },
  });
  registerRecorderGauges(registry, () => recorder.figures());
  const ops = await startOpsServer({
    ...config.ops,
    registry,
    checks: {
      nats: () => recorder.state.role !== 'away',
      storage: () => recorder.state.storageError === undefined,
      certified: () => sealer.certified,
    },
  });
  const stopping = new AbortController();
  const linking = link.establish(stopping.signal);
  recorder.start();
  return {
    opsPort: ops.port,
    stop: async (deadline) => {
      ops.drain();
      stopping.abort();
      await Promise.race([recorder.stop(), aborted(deadline)]);
      await linking;
      link.close();
      await ops.stop();
    },
  };
}

/** Counts everything, and says aloud what is lost to a recording. */
function observerOf(metrics: RecorderMetrics, logger: Logger): RecordingObserver {
  return {
    written: (events, bytes) => {
      metrics.written(events, bytes);
    },
    sealed: (sessionId, closed) => {
      logger.info('recording sealed', { sessionId, closed });
      metrics.sealed(sessionId, closed);
    },
    rejected: (sessionId, reason) => {
      logger.error('events do not fit their recording', { sessionId, reason });
      metrics.rejected(sessionId, reason);
    },
  };
}

function recorderSettings(
  config: Config,
): Pick<
  RecorderOptions,
  | 'componentId'
  | 'directory'
  | 'maxOpenFiles'
  | 'maxEarlyBytes'
  | 'nats'
  | 'stream'
  | 'leaseMs'
  | 'lostSessionsPollMs'
> {
  const { componentId, recordings, nats, leaseMs, lostSessionsPollMs } = config;
  const { replicas, streamMaxBytes } = nats;
  const stream = { replicas, ...(streamMaxBytes === undefined ? {} : { maxBytes: streamMaxBytes }) };
  return { componentId, ...recordings, nats: natsOptions(config), stream, leaseMs, lostSessionsPollMs };
}

function natsOptions({ nats, componentId }: Config): NatsOptions {
  const { servers, tokenFile, credentialsFile, caFile } = nats;
  return {
    servers,
    name: componentId,
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
    ...(caFile === undefined ? {} : { tls: { caFile } }),
  };
}

function joinControlPlane(
  { controlPlane, componentId }: Config,
  logger: Logger,
): Promise<RecordingIndexPort> {
  const { address, stateDirectory, joinTokenFile } = controlPlane;
  // The token is needed once; its file may be gone afterwards.
  const join =
    joinTokenFile !== undefined && existsSync(joinTokenFile)
      ? { join: readJoinTokenFile(joinTokenFile) }
      : {};
  return RecorderClient.connect({ address, componentId, stateDirectory, ...join, logger });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    }
  });
}
