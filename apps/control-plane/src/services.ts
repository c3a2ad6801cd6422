import type { Logger, Registry } from '@sallyport/service-kit';
import { createAdminHandler } from './admin/admin-handler.ts';
import { startAdminServer } from './admin/admin-server.ts';
import { prepareTopics } from './changes/change-topics.ts';
import { Poller } from './changes/poller.ts';
import type { ControlPlaneConfig } from './config.ts';
import { startDataPlaneServer } from './data-plane/data-plane-server.ts';
import type { Database } from './database/database.ts';
import { LoginPlaces } from './device-login/login-places.ts';
import { HoldWatcher } from './holds/hold-watcher.ts';
import { HOUSEKEEPING_INTERVAL_MS, housekeepingTasks } from './housekeeping.ts';
import { IssuerKeys } from './identity/issuer-keys.ts';
import { toSubject } from './identity/subject.ts';
import type { InstallationKeys } from './installation-keys.ts';
import { ControlPlaneMetrics } from './metrics.ts';
import { serveTokenEndpoint } from './oauth/token-endpoint.ts';
import { ResourceStore } from './resources/resource-store.ts';
import type { Vault } from './secrets/vault.ts';
import { SessionWatcher } from './sessions/session-watcher.ts';
import { sshDoorOf } from './ssh/door.ts';
import type { PasswordSources } from './targets/secret-source.ts';

export interface ServiceContext {
  readonly config: ControlPlaneConfig;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly vault: Vault;
  readonly database: Database;
  readonly keys: InstallationKeys;
  readonly passwordSources: PasswordSources;
  readonly registry: Registry;
  readonly cutOff: AbortSignal;
}

export interface Ports {
  readonly adminPort: number;
  readonly dataPlanePort: number;
}

/** Starts both ports and what works behind them. Stops by `parts`; what still runs at `cutOff` is dropped. */
export async function startServices(context: ServiceContext, parts: AsyncDisposableStack): Promise<Ports> {
  const { config, database, keys, cutOff } = context;
  const resources = new ResourceStore(database);
  await prepareTopics(database.prisma);
  // Fails the start, rather than requests, where a stored resource cannot be read.
  await resources.current();
  const metrics = new ControlPlaneMetrics(context.registry);
  const watchers = startWatchers({ ...context, metrics, resources }, parts);
  const services = { ...context, ...sharedOptions(context), metrics, resources, nudge: watchers.nudge };
  const dataPlane = await startDataPlaneServer({
    ...services,
    ...config.dataPlane,
    authority: keys.authority,
    recordingKey: keys.recordingKey,
    certificateLifetimeMs: config.dataPlane.certificateLifetimeHours * 3_600_000,
    sealLostAfterMs: config.sessions.sealLostAfterSeconds * 1000,
    watcher: watchers.sessions,
    holdWatcher: watchers.holds,
  });
  parts.defer(() => {
    // Streams never end by themselves; their proxies come back to another replica.
    watchers.sessions.closeAll();
    watchers.holds.closeAll();
    return dataPlane.stop(cutOff);
  });
  const admin = await startAdminServer({
    ...config.admin,
    rpc: createAdminHandler({
      ...services,
      bootstrapAdmins: config.bootstrapAdmins.map(toSubject),
      endpoints: config.endpoints,
      caFingerprint: keys.authority.fingerprint,
      approvalLifetimeMs: config.holds.approvalLifetimeSeconds * 1000,
      recordingsDirectory: config.recordings.directory,
      userCertificateLifetimeMs: config.ssh.userCertificateLifetimeSeconds * 1000,
    }),
    tokenEndpoint: (request, response) => serveTokenEndpoint(services, request, response),
  });
  parts.defer(() => admin.stop(cutOff));
  return { adminPort: admin.port, dataPlanePort: dataPlane.port };
}

/** What both ports are told. */
function sharedOptions({ config, keys, now }: ServiceContext) {
  const nowMs = () => now().getTime();
  return {
    issuerKeys: new IssuerKeys(nowMs),
    loginPlaces: new LoginPlaces(nowMs),
    lifetimes: config.tokens,
    sshAuthorities: keys.sshAuthorities,
    sshDoor: sshDoorOf(config),
    recordingPublicKey: keys.recordingKey.publicKey,
    reviewUrl: config.holds.reviewUrl,
  };
}

interface Watchers {
  readonly sessions: SessionWatcher;
  readonly holds: HoldWatcher;
  /** Looks for changes now rather than in the next round. */
  readonly nudge: () => void;
}

interface WatcherContext extends ServiceContext {
  readonly resources: ResourceStore;
  readonly metrics: ControlPlaneMetrics;
}

function startWatchers(
  { config, database, resources, logger, now, metrics }: WatcherContext,
  parts: AsyncDisposableStack,
): Watchers {
  const sessions = new SessionWatcher({
    database,
    resources,
    now,
    metrics,
    lostAfterMs: config.sessions.lostAfterSeconds * 1000,
  });
  const holds = new HoldWatcher(database, config.holds.reviewUrl);
  const tasks = [
    { name: 'sessions', run: () => metrics.round(() => sessions.watch()) },
    { name: 'watched holds', run: () => holds.watch() },
  ];
  const poller = parts.use(new Poller(tasks, config.sessions.pollIntervalMs, logger));
  const nudge = () => {
    poller.nudge();
  };
  parts.use(
    new Poller(housekeepingTasks(database, config, now, sessions, nudge), HOUSEKEEPING_INTERVAL_MS, logger),
  );
  return { sessions, holds, nudge };
}
