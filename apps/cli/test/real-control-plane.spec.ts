import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  approveDeviceLogin,
  eventually,
  freePort,
  startOidcProvider,
  startServerProcess,
  temporaryDirectory,
  type OidcProvider,
  type ServerProcess,
} from '@sallyport/testing';
import { run } from '../src/run.ts';
import { capturedWorld } from './support/captured-world.ts';

const CONTROL_PLANE = fileURLToPath(new URL('../../control-plane/src/main.ts', import.meta.url));
const NODE = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));

const directory = temporaryDirectory('cli');
let provider: OidcProvider;
let controlPlane: ServerProcess;
let url: string;

beforeAll(async () => {
  provider = await startOidcProvider();
  const [port, dataPort, opsPort] = [await freePort(), await freePort(), await freePort()];
  url = `http://127.0.0.1:${port}`;
  writeFileSync(directory.join('bootstrap.yaml'), bootstrapManifest());
  const config = {
    admin: { port },
    dataPlane: { port: dataPort },
    ops: { port: opsPort },
    database: { directory: directory.join('database') },
    masterKey: { file: directory.join('master.key'), create: true },
    bootstrapManifests: [directory.join('bootstrap.yaml')],
    endpoints: [{ protocol: 'postgres', address: '127.0.0.1:15432' }],
  };
  writeFileSync(directory.join('config.yaml'), JSON.stringify(config));
  controlPlane = await startServerProcess({
    command: NODE,
    args: [CONTROL_PLANE, '--config', directory.join('config.yaml')],
  });
  await controlPlane.ready(
    'the control plane',
    async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok,
    60_000,
  );
}, 90_000);

afterAll(async () => {
  await controlPlane.stop();
  await provider.stop();
  directory.remove();
});

function bootstrapManifest(): string {
  return `
apiVersion: sallyport.dev/v1
kind: Issuer
metadata: { name: demo }
spec:
  url: ${provider.issuer}
  audience: ${provider.audience}
  deviceClientId: ${provider.deviceClientId}
  scopes: [openid, profile, email, groups]
  algorithms: [ES256]
  kinds: [{ clientCredentials: true, kind: agent, groups: [agents] }]
---
apiVersion: sallyport.dev/v1
kind: Role
metadata: { name: administrators }
spec: { subjects: [{ group: platform }], permissions: ['*'] }
---
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: shop, labels: { env: test } }
spec:
  protocol: postgres
  address: { host: 127.0.0.1, port: 5432 }
  tls: { mode: disable }
  credential: { username: shop, password: never-shown }
`;
}

/** Runs as somebody, whose login is kept in a directory of their own. */
async function as(name: string, ...words: string[]) {
  const world = capturedWorld({ env: { SALLYPORT_CONFIG_DIR: directory.join(name), SALLYPORT_URL: url } });
  const exit = await run(words, world);
  return { exit, out: world.out(), err: world.err() };
}

async function logInPerson(name: string): Promise<void> {
  const world = capturedWorld({ env: { SALLYPORT_CONFIG_DIR: directory.join(name), SALLYPORT_URL: url } });
  const login = run(['login'], world);
  await eventually('a prompt', () => world.err().includes('Waiting for you'));
  await approveDeviceLogin(/Open (\S+)/.exec(world.err())?.[1] ?? '', name);
  expect([await login, world.err().includes('spt')]).toEqual([0, false]);
}

async function logInAgent(): Promise<void> {
  const [agent] = provider.agents;
  writeFileSync(directory.join('secret'), agent?.clientSecret ?? '');
  const login = await as(
    'agent',
    'login',
    '--client-id',
    agent?.clientId ?? '',
    '--client-secret-file',
    directory.join('secret'),
  );
  expect([login.exit, login.err]).toEqual([0, '']);
}

describe('with a real control plane and identity provider', () => {
  it('logs in people and programs', async () => {
    await logInPerson('ada');
    await logInAgent();
    const ada = JSON.parse((await as('ada', 'whoami', '--json')).out);
    expect(ada).toMatchObject({
      principal: { name: 'ada', kind: 'PRINCIPAL_KIND_USER', groups: ['platform'] },
    });
    expect(ada.permissions.length).toBeGreaterThan(0);
    const agent = JSON.parse((await as('agent', 'whoami', '--json')).out);
    expect(agent).toMatchObject({
      principal: { name: 'shop-agent', kind: 'PRINCIPAL_KIND_AGENT' },
      permissions: [],
    });
  }, 30_000);

  it('names what is wrong with a manifest, then applies it, shows it and what it opens', async () => {
    const file = directory.join('policy.yaml');
    const policy = (action: string) => `apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents }
spec:
  subjects: [{ group: agents }]
  targets: { matchLabels: { env: test } }
  rules:
    - name: reads
      allow: { ${action}: [sql.read] }
`;
    writeFileSync(file, policy('aktions'));
    const wrong = await as('ada', 'apply', '-f', file);
    expect(wrong.exit).toBe(1);
    expect(wrong.out).toMatch(new RegExp(`^${file}:9:16: .*aktions`, 'm'));
    expect((await as('agent', 'targets')).out).toBe('No policy opens a target to you.\n');

    writeFileSync(file, policy('actions'));
    expect((await as('ada', 'apply', '-f', file)).out).toBe('Policy/agents created (version 1)\n');
    expect((await as('ada', 'apply', '-f', file)).out).toBe('Policy/agents unchanged\n');
    expect((await as('ada', 'get', 'policy', 'agents')).out).toContain('name: reads');
    expect((await as('ada', 'get', 'target', 'shop')).out).not.toContain('never-shown');
    expect((await as('agent', 'targets')).out).toMatch(/shop +postgres +127\.0\.0\.1:15432 +env=test/);
  });

  it('lets nobody administer without the right: 4', async () => {
    const applied = await as('agent', 'apply', '-f', directory.join('policy.yaml'));
    expect([applied.exit, applied.out]).toEqual([4, expect.stringContaining('you need the right')]);
    expect((await as('agent', 'locks')).exit).toBe(4);
    expect((await as('agent', 'join-token', 'proxy')).exit).toBe(4);
  });

  it('issues a token for less, which is of no use for more', async () => {
    const { exit, out } = await as(
      'agent',
      'token',
      '--target',
      'shop',
      '--action',
      'sql.read',
      '--ttl',
      '5m',
    );
    expect(exit).toBe(0);
    const world = capturedWorld({ env: { SALLYPORT_URL: url, SALLYPORT_TOKEN: out.trim() } });
    expect(await run(['whoami', '--json'], world)).toBe(0);
    expect(JSON.parse(world.out())).toMatchObject({ token: { targets: ['shop'], actions: ['sql.read'] } });
    const sessions = capturedWorld({ env: { SALLYPORT_URL: url, SALLYPORT_TOKEN: out.trim() } });
    expect(await run(['sessions', 'list'], sessions)).toBe(4);
  });

  it('locks somebody out and in again', async () => {
    const { principal } = JSON.parse((await as('agent', 'whoami', '--json')).out) as {
      principal: { id: string };
    };
    const { lock } = JSON.parse(
      (await as('ada', 'lock', '--principal', principal.id, '--reason', 'test', '--json')).out,
    ) as { lock: { lockId: string } };
    const locked = await as('agent', 'targets');
    expect([locked.exit, locked.err]).toEqual([4, expect.stringContaining('locked')]);
    expect((await as('ada', 'locks')).out).toContain(principal.id);
    expect((await as('ada', 'unlock', lock.lockId)).exit).toBe(0);
    expect((await as('agent', 'targets')).exit).toBe(0);
  });

  it('makes join tokens, and gives the key that recordings are verified with', async () => {
    expect((await as('ada', 'join-token', 'proxy', '--ttl', '5m')).out).toMatch(
      /^join token +\S+\nCA fingerprint [0-9a-f]{64}\n$/,
    );
    expect((await as('ada', 'sessions', 'key')).out).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect((await as('ada', 'sessions', 'list', '--json')).out).toBe('{\n  "sessions": []\n}\n');
    expect((await as('ada', 'holds', 'list')).out).toBe('Nothing waits for a review.\n');
  });

  it('knows what is not there: 6', async () => {
    expect((await as('ada', 'get', 'policy', 'gone')).exit).toBe(6);
    expect((await as('ada', 'delete', 'policy', 'gone')).exit).toBe(6);
    expect((await as('ada', 'holds', 'show', 'hld_gone')).exit).toBe(6);
    expect((await as('ada', 'sessions', 'replay', 'ses_gone')).exit).toBe(6);
    expect((await as('agent', 'psql', 'gone')).exit).toBe(6);
  });

  it('revokes the token at logout', async () => {
    const token = (await as('ada', 'token')).out.trim();
    expect((await as('ada', 'logout', '--json')).out).toContain('"revoked": true');
    const world = capturedWorld({ env: { SALLYPORT_URL: url, SALLYPORT_TOKEN: token } });
    expect(await run(['whoami'], world)).toBe(3);
  });
});
