import { generateSigningKey, signingKeyFromPkcs8, type SigningKey } from '@sallyport/recording-format';
import { createMetricsRegistry, startOpsServer, type GrpcServer, type Logger, type OpsServer, type RunningService } from '@sallyport/service-kit';
import { createAdminHandler } from './admin/admin-handler.ts';
import { startAdminServer, type AdminServer } from './admin/admin-server.ts';
import { Poller } from './changes/poller.ts';
import type { ControlPlaneConfig } from './config.ts';
import { startDataPlaneServer } from './data-plane/data-plane-server.ts';
import { openDatabase, type Database } from './database/database.ts';
import { IssuerKeys } from './identity/issuer-keys.ts';
import { toSubject } from './identity/subject.ts';
import { serveTokenEndpoint } from './oauth/token-endpoint.ts';
import { writeBootstrapJoinTokens } from './pki/bootstrap-join-tokens.ts';
import { CertificateAuthority, generateCertificateAuthority } from './pki/certificate-authority.ts';
import { applyBootstrapManifests } from './resources/bootstrap.ts';
import { ResourceStore } from './resources/resource-store.ts';
import { loadKeyMaterial } from './secrets/key-material.ts';
import { createMasterKeyFile, readMasterKey } from './secrets/master-key.ts';
import { Vault } from './secrets/vault.ts';
import { SessionWatcher } from './sessions/session-watcher.ts';
import { rewrapTargetPasswords } from './targets/target-secret.ts';

/** A control plane that serves. */
export interface ControlPlane extends RunningService {
  readonly adminPort: number;
  readonly dataPlanePort: number;
  readonly opsPort: number;
  readonly caFingerprint: string;
}

export interface StartOptions {
  readonly config: ControlPlaneConfig;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now?: () => Date;
}

/** Opens the database, gets the keys, applies the bootstrap and serves; in that order, and stops in the other. */
export async function startControlPlane({ config, logger, env, now = () => new Date() }: StartOptions): Promise<ControlPlane> {
  const vault = openVault(config, logger);
  const databaseUrl = config.database.url === '' ? (env['DATABASE_URL'] ?? '') : config.database.url;
  const database = await openDatabase(
    databaseUrl === '' ? { directory: config.database.directory } : { url: databaseUrl, maxConnections: config.database.maxConnections },
  );
  try {
    logger.info('database open', { kind: database.kind, applied: database.applied });
    return await serve({ config, logger, env, now, vault, database });
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface ServeContext extends Required<StartOptions> {
  readonly vault: Vault;
  readonly database: Database;
}

async function serve(context: ServeContext): Promise<ControlPlane> {
  const { config, logger, now, vault, database } = context;
  const { authority, recordingKey } = await loadKeys(context);
  const resources = new ResourceStore(database);
  const passwordSources = { directory: config.passwordDirectory, env: context.env };
  const shared = { database, resources, vault, logger, now, passwordSources };
  const applied = await applyBootstrapManifests(shared, config.bootstrapManifests);
  if (applied.length > 0) logger.info('bootstrap manifests applied', { files: applied });
  await writeBootstrapJoinTokens(database, config.bootstrapJoinTokens, authority.fingerprint, now());
  await resources.current();
  const watcher = new SessionWatcher(shared);
  const poller = new Poller([{ name: 'sessions', run: () => watcher.watch() }], config.sessions.pollIntervalMs, logger);
  const nudge = () => {
    poller.nudge();
  };
  const dataPlane = await startDataPlaneServer({
    ...shared,
    ...config.dataPlane,
    authority,
    recordingKey,
    recordingPublicKey: recordingKey.publicKey,
    certificateLifetimeMs: config.dataPlane.certificateLifetimeHours * 3_600_000,
    watcher,
    nudge,
  });
  const issuerKeys = new IssuerKeys(() => now().getTime());
  const admin = await startAdminServer({
    host: config.admin.host,
    port: config.admin.port,
    tls: config.admin.tls,
    rpc: createAdminHandler({ ...shared, bootstrapAdmins: config.bootstrapAdmins.map(toSubject), nudge }),
    tokenEndpoint: (request, response) => serveTokenEndpoint({ ...shared, issuerKeys, lifetimes: config.tokens }, request, response),
  });
  const ops = await startOpsServer({
    ...config.ops,
    registry: createMetricsRegistry('control-plane'),
    checks: { database: () => database.ping().then(() => true) },
  });
  logger.info('control plane serves', { adminPort: admin.port, dataPlanePort: dataPlane.port, opsPort: ops.port, caFingerprint: authority.fingerprint });
  return {
    adminPort: admin.port,
    dataPlanePort: dataPlane.port,
    opsPort: ops.port,
    caFingerprint: authority.fingerprint,
    stop: (deadline) => stop({ admin, dataPlane, ops, poller, watcher, database }, deadline),
  };
}

interface Parts {
  readonly admin: AdminServer;
  readonly dataPlane: GrpcServer;
  readonly ops: OpsServer;
  readonly poller: Poller;
  readonly watcher: SessionWatcher;
  readonly database: Database;
}

async function stop({ admin, dataPlane, ops, poller, watcher, database }: Parts, deadline: AbortSignal): Promise<void> {
  ops.drain();
  await poller[Symbol.asyncDispose]();
  // Streams never end by themselves; proxies come back to another replica.
  watcher.closeAll();
  await Promise.all([admin.stop(deadline), dataPlane.stop(deadline)]);
  await database.close();
  await ops.stop();
}

function openVault({ masterKey }: ControlPlaneConfig, logger: Logger): Vault {
  if (masterKey.create && createMasterKeyFile(masterKey.file)) {
    logger.warn('a master key was made; whoever loses it loses every secret', { file: masterKey.file });
  }
  return new Vault(readMasterKey(masterKey.file), masterKey.previousFiles.map(readMasterKey));
}

async function loadKeys({ database, vault, now, logger }: ServeContext): Promise<{ authority: CertificateAuthority; recordingKey: SigningKey }> {
  const authority = await loadKeyMaterial(database, vault, 'data-plane-ca', () => generateCertificateAuthority(now()), now());
  const recording = await loadKeyMaterial(database, vault, 'recording', () => Promise.resolve(newRecordingKey()), now());
  const rewrapped = await rewrapTargetPasswords(database.prisma, vault);
  if (rewrapped > 0) logger.info('secrets were wrapped with the new master key', { rewrapped });
  return { authority: await CertificateAuthority.load(authority), recordingKey: signingKeyFromPkcs8(recording.private) };
}

function newRecordingKey() {
  const key = generateSigningKey();
  return { public: key.publicKey, private: Buffer.from(key.exportPkcs8()) };
}
