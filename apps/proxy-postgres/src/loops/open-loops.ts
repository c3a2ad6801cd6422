import type { AuthorizedTarget, SessionLifetime } from '@sallyport/proxy-kit';
import type { SessionServices } from '../session-services.ts';
import type { AcceptedClient } from '../stages/accept/accept.ts';
import { greet } from '../stages/accept/greet.ts';
import { cancelUpstream, type UpstreamConnection } from '../stages/authorize/connect-upstream.ts';
import { leaseCatalog } from '../stages/authorize/lease-catalog.ts';
import { RunningSession } from './running-session.ts';

/** What a session has once its target is connected. */
export interface OpenLoopsRequest {
  readonly services: SessionServices;
  readonly client: AcceptedClient;
  readonly clientAddress: string;
  readonly target: AuthorizedTarget;
  readonly upstream: UpstreamConnection;
  readonly life: SessionLifetime;
  /** Keeps what has to be given back when the session ends. */
  readonly onOpen: (running: RunningSession, giveBack: () => void) => void;
}

/** Puts a session's loops together and lets the client in. @throws AccessError a setting of the startup packet was refused */
export async function openLoops(request: OpenLoopsRequest): Promise<void> {
  const { services, client, target, upstream, life } = request;
  const { config, cancels, catalogs, catalogReader, controlPlane, maskingKey, metrics } = services;
  const { database } = client.requested;
  const lease = leaseCatalog(catalogs, target, database, config.limits.connectTimeoutMs);
  const running = new RunningSession({
    target,
    client: client.socket,
    upstream,
    controlPlane,
    life,
    lease,
    reader: catalogReader,
    maskingKey,
    database: database ?? '',
    clientAddress: request.clientAddress,
    clientName: client.applicationName,
    maxStatementBytes: config.limits.maxStatementBytes,
    bufferBytes: config.limits.bufferBytes,
    cancelUpstream: () => {
      cancelInBackground(request);
    },
    onStatement: (run) => {
      metrics.statement(run);
    },
  });
  // In the registry before the client can know it.
  const key = cancels.register(client.version.minor >= 2 ? 'long' : 'short', () => {
    running.cancel();
  });
  request.onOpen(running, () => {
    lease.release();
    cancels.forget(key);
  });
  await running.applySettings(client.settings.decided);
  running.greet(greet(upstream.greeting.parameters, client.applicationName, key));
  life.endWhenIdle(config.limits.idleTimeoutMs, () => running.isBusy);
  running.start();
}

function cancelInBackground({ services, target, upstream }: OpenLoopsRequest): void {
  const { config, logger } = services;
  cancelUpstream(target, upstream.greeting, config.limits.connectTimeoutMs).catch((error: unknown) => {
    logger.warn('cancel request was not delivered', { error });
  });
}
