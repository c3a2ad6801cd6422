import {
  createMetricsRegistry,
  startOpsServer,
  type Logger,
  type RunningService,
} from '@sallyport/service-kit';
import type { ControlPlaneConfig } from './config.ts';
import { openDatabase, type DatabaseLocation } from './database/database.ts';
import { loadInstallationKeys, openVault } from './installation-keys.ts';
import { writeBootstrapJoinTokens } from './pki/bootstrap-join-tokens.ts';
import { applyBootstrapManifests } from './resources/bootstrap.ts';
import { startServices } from './services.ts';

/** A control plane that serves. */
export interface ControlPlane extends RunningService {
  readonly adminPort: number;
  readonly dataPlanePort: number;
  readonly opsPort: number;
  /** SHA-256 of the data-plane CA, hex. */
  readonly caFingerprint: string;
}

export interface StartOptions {
  readonly config: ControlPlaneConfig;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wall clock, for tests. */
  readonly now?: () => Date;
}

/** Starts the parts in their order; if one fails, stops those before it in the other. */
export async function startControlPlane(options: StartOptions): Promise<ControlPlane> {
  const parts = new AsyncDisposableStack();
  const cutOff = new AbortController();
  try {
    return await start(options, parts, cutOff);
  } catch (error) {
    cutOff.abort();
    await parts.disposeAsync();
    throw error;
  }
}

/** Opens the database, gets the keys, applies the bootstrap and serves. `cutOff`: what still runs is dropped. */
async function start(
  { config, logger, env, now = () => new Date() }: StartOptions,
  parts: AsyncDisposableStack,
  cutOff: AbortController,
): Promise<ControlPlane> {
  const vault = openVault(config, logger);
  warnOfExceptions(config, logger);
  const database = parts.use(await openDatabase(databaseLocation(config, env)));
  logger.info('database open', { kind: database.kind, applied: database.applied });
  let serving = false;
  const registry = createMetricsRegistry('control-plane');
  const ops = parts.use(
    await startOpsServer({
      ...config.ops,
      registry,
      checks: { database: () => database.ping().then(() => true), serving: () => serving },
    }),
  );
  const passwordSources = { directory: config.passwordDirectory, env };
  const keys = await loadInstallationKeys(database, vault, logger, now);
  const applied = await applyBootstrapManifests(
    { database, vault, passwordSources, now },
    config.bootstrapManifests,
  );
  if (applied.length > 0) logger.info('bootstrap manifests applied', { files: applied });
  await writeBootstrapJoinTokens(database, config.bootstrapJoinTokens, keys.authority.fingerprint, now());
  const ports = await startServices(
    { config, logger, now, vault, database, keys, passwordSources, registry, cutOff: cutOff.signal },
    parts,
  );
  const addresses = { ...ports, opsPort: ops.port, caFingerprint: keys.authority.fingerprint };
  serving = true;
  logger.info('control plane serves', addresses);
  const stop = (deadline: AbortSignal) => {
    ops.drain();
    if (deadline.aborted) cutOff.abort();
    deadline.addEventListener('abort', () => {
      cutOff.abort();
    });
    return parts.disposeAsync();
  };
  return { ...addresses, stop };
}

function databaseLocation({ database }: ControlPlaneConfig, env: StartOptions['env']): DatabaseLocation {
  const url = database.url === '' ? (env['DATABASE_URL'] ?? '') : database.url;
  return url === '' ? { directory: database.directory } : { url, maxConnections: database.maxConnections };
}

/** Named exceptions that are in force, said at each start. */
function warnOfExceptions({ admin, bootstrapAdmins }: ControlPlaneConfig, logger: Logger): void {
  if (admin.allowPlaintext)
    logger.warn('the admin API is served without TLS, by the setting admin.allowPlaintext');
  if (bootstrapAdmins.length > 0)
    logger.warn('bootstrap admins have every right', { count: bootstrapAdmins.length });
}
