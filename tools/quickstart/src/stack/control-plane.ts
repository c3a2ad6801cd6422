import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { inCheckout } from '../checkout.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { authorityFile } from './certificates.ts';
import { AUDIENCE } from './people.ts';
import { issuerUrl } from './identity-provider.ts';
import { startNodeService } from './node-service.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';
import { SAMPLE_DATABASES, secretOf } from './target-postgres.ts';

/** Manifests that are the same everywhere, in the checkout. */
const MANIFESTS = ['roles.yaml', 'agents-on-shop.yaml', 'people-on-shop.yaml'];

/** The control plane on its embedded database, with the sample's issuer, targets, roles and policies. */
export function startControlPlane(state: StateFolder, ports: Ports): Promise<Running> {
  const generated = state.file('manifests', 'generated.yaml');
  const caPem = readFileSync(authorityFile(state), 'utf8');
  writeFileSync(generated, generatedManifests(ports, caPem), { mode: 0o600 });
  const config = state.file('config', 'control-plane.yaml');
  writeFileSync(config, stringify(configOf(state, ports, generated)), { mode: 0o600 });
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

function configOf(state: StateFolder, ports: Ports, generated: string) {
  for (const { role } of SAMPLE_DATABASES) state.secretFile(secretOf(role));
  return {
    admin: { host: '127.0.0.1', port: ports.admin },
    dataPlane: { host: '127.0.0.1', port: ports.dataPlane },
    ops: { host: '127.0.0.1', port: ports.controlPlaneOps },
    database: { directory: state.directory('control-plane') },
    masterKey: { file: state.file('secrets', 'master.key'), create: true },
    bootstrapManifests: [
      generated,
      ...MANIFESTS.map((name) => inCheckout('tools/quickstart/manifests', name)),
    ],
    bootstrapJoinTokens: [
      { kind: 'proxy', file: joinTokenFile(state, 'proxy-postgres') },
      { kind: 'recorder', file: joinTokenFile(state, 'recorder') },
    ],
    passwordDirectory: state.directory('secrets'),
    recordings: { directory: state.directory('recordings') },
    endpoints: [{ protocol: 'postgres', address: `127.0.0.1:${ports.postgres}` }],
    // Shorter than usual, so that the tour sees a broken session sealed; long enough for a proxy to come back.
    sessions: { lostAfterSeconds: 5, sealLostAfterSeconds: 15 },
  };
}

/** What depends on ports: the identity provider, and the targets with where their passwords are. */
function generatedManifests(ports: Ports, caPem: string): string {
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
  return [issuer, ...targets].map((document) => stringify(document)).join('---\n');
}
