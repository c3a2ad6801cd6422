import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { inCheckout } from '../checkout.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { authorityFile } from './certificates.ts';
import type { DoorName } from './doors.ts';
import { AUDIENCE } from './people.ts';
import { issuerUrl } from './identity-provider.ts';
import { startNodeService } from './node-service.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';
import { SAMPLE_DATABASES, secretOf } from './target-postgres.ts';
import { sshTargetManifest } from './target-ssh.ts';

/** Manifests that are the same everywhere, in the checkout. */
const MANIFESTS: readonly (readonly [string, DoorName?])[] = [
  ['roles.yaml'],
  ['agents-on-shop.yaml', 'postgres'],
  ['people-on-shop.yaml', 'postgres'],
  ['agents-on-web.yaml', 'ssh'],
  ['people-on-web.yaml', 'ssh'],
];

/** The control plane on its embedded database, with the sample's issuer, targets, roles and policies. */
export function startControlPlane(
  state: StateFolder,
  ports: Ports,
  doors: readonly DoorName[],
): Promise<Running> {
  const generated = state.file('manifests', 'generated.yaml');
  const caPem = readFileSync(authorityFile(state), 'utf8');
  const sshManifests = doors.includes('ssh') ? [sshTargetManifest(state, ports)] : [];
  writeFileSync(
    generated,
    [...generatedManifests(ports, caPem), ...sshManifests].map(document).join('---\n'),
    { mode: 0o600 },
  );
  const config = state.file('config', 'control-plane.yaml');
  writeFileSync(config, stringify(configOf(state, ports, doors, generated)), { mode: 0o600 });
  return startNodeService(state, {
    name: 'control-plane',
    script: 'apps/control-plane/src/main.ts',
    args: ['--config', config],
    readyUrl: `http://127.0.0.1:${ports.controlPlaneOps}/readyz`,
  });
}

export function controlPlaneUrl(ports: Ports): string {
  return `http://127.0.0.1:${ports.admin}`;
}

export function joinTokenFile(state: StateFolder, component: string): string {
  return state.file('join', component);
}

function configOf(state: StateFolder, ports: Ports, doors: readonly DoorName[], generated: string) {
  const hasSsh = doors.includes('ssh');
  for (const { role } of SAMPLE_DATABASES) state.secretFile(secretOf(role));
  return {
    admin: { host: '127.0.0.1', port: ports.admin },
    dataPlane: { host: '127.0.0.1', port: ports.dataPlane },
    ops: { host: '127.0.0.1', port: ports.controlPlaneOps },
    database: { directory: state.directory('control-plane') },
    masterKey: { file: state.file('secrets', 'master.key'), create: true },
    bootstrapManifests: [
      generated,
      ...MANIFESTS.filter(([, door]) => door === undefined || doors.includes(door)).map(([name]) =>
        inCheckout('tools/quickstart/manifests', name),
      ),
    ],
    bootstrapJoinTokens: [
      { kind: 'proxy', file: joinTokenFile(state, 'proxy-postgres') },
      ...(hasSsh ? [{ kind: 'proxy', file: joinTokenFile(state, 'proxy-ssh') }] : []),
      { kind: 'recorder', file: joinTokenFile(state, 'recorder') },
    ],
    passwordDirectory: state.directory('secrets'),
    recordings: { directory: state.directory('recordings') },
    endpoints: [
      { protocol: 'postgres', address: `127.0.0.1:${ports.postgres}` },
      ...(hasSsh ? [{ protocol: 'ssh', address: `127.0.0.1:${ports.ssh}` }] : []),
    ],
    // Shorter than usual, so that the tour sees a broken session sealed; long enough for a proxy to come back.
    sessions: { lostAfterSeconds: 5, sealLostAfterSeconds: 15 },
  };
}

/** What depends on ports: the identity provider, and the targets with where their passwords are. */
function generatedManifests(ports: Ports, caPem: string): readonly object[] {
  const issuer = {
    apiVersion: 'sallyport.dev/v1',
    kind: 'Issuer',
    metadata: { name: 'demo', description: 'The demo identity provider of ./quickstart' },
    spec: {
      url: issuerUrl(ports),
      audience: AUDIENCE,
      deviceClientId: 'sallyport-cli',
      scopes: ['openid', 'profile', 'email', 'groups'],
      algorithms: ['ES256'],
      kinds: [{ clientCredentials: true, kind: 'agent' }],
    },
  };
  const targets = SAMPLE_DATABASES.map(({ name, role }) => ({
    apiVersion: 'sallyport.dev/v1',
    kind: 'Target',
    metadata: { name, labels: { app: name, env: 'sample' } },
    spec: {
      protocol: 'postgres',
      address: { host: '127.0.0.1', port: ports.targetPostgres },
      tls: { mode: 'verify-full', caPem },
      credential: { username: role, passwordFile: secretOf(role) },
      parameters: { database: name },
    },
  }));
  return [issuer, ...targets];
}

const document = (manifest: object): string => stringify(manifest);
