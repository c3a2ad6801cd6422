import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  approveDeviceLogin,
  eventually,
  freePort,
  startOidcProvider,
  startServerProcess,
  startSshServer,
  temporaryDirectory,
  type OidcProvider,
  type ServerProcess,
  type SshServer,
} from '@sallyport/testing';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LAUNCHER = `${ROOT}/sallyport`;
const NODE = `${ROOT}/node_modules/.bin/node`;
const ACCOUNT = userInfo().username;

const directory = temporaryDirectory('cli-door');
let provider: OidcProvider;
let controlPlane: ServerProcess;
let door: ServerProcess;
let host: SshServer;
let url: string;
let doorPort: number;

interface Running {
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
  out(): string;
  err(): string;
}

function start(file: string, words: readonly string[], more: Readonly<Record<string, string>> = {}): Running {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory.join('home'),
    SALLYPORT_CONFIG_DIR: directory.join('agent'),
    SALLYPORT_URL: url,
    ...more,
  };
  const child = spawn(file, words, { env, detached: true });
  const [out, err] = [{ text: '' }, { text: '' }];
  child.stdout.on('data', (chunk: Buffer) => (out.text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err.text += chunk.toString()));
  child.stdin.end();
  const ended = new Promise<Awaited<Running['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out: out.text, err: err.text }));
  });
  return { ended, out: () => out.text, err: () => err.text };
}

const sallyport = (...words: string[]) => start(LAUNCHER, words).ended;

beforeAll(async () => {
  mkdirSync(directory.join('home/.ssh'), { recursive: true });
  provider = await startOidcProvider();
  const [port, dataPort, opsPort] = [await freePort(), await freePort(), await freePort()];
  doorPort = await freePort();
  url = `http://127.0.0.1:${port}`;
  controlPlane = await startControlPlane({ port, dataPort, opsPort });
  await logIn();
  writeFileSync(directory.join('upstream-ca.pub'), (await sallyport('ssh-ca', 'list', 'upstream')).out);
  host = await startSshServer({ settings: [`TrustedUserCAKeys ${directory.join('upstream-ca.pub')}`] });
  writeFileSync(directory.join('targets.yaml'), targets());
  expect(await sallyport('apply', '-f', directory.join('targets.yaml'))).toMatchObject({ code: 0 });
  door = await startDoor(dataPort);
}, 120_000);

afterAll(async () => {
  await door.stop();
  await host.stop();
  await controlPlane.stop();
  await provider.stop();
  directory.remove();
});

async function startControlPlane(ports: { port: number; dataPort: number; opsPort: number }) {
  const bootstrap = directory.join('bootstrap.yaml');
  writeFileSync(bootstrap, bootstrapManifest());
  const config = {
    admin: { port: ports.port },
    dataPlane: { port: ports.dataPort },
    ops: { port: ports.opsPort },
    database: { directory: directory.join('database') },
    masterKey: { file: directory.join('master.key'), create: true },
    bootstrapManifests: [bootstrap],
    bootstrapJoinTokens: [{ kind: 'proxy', file: directory.join('join-token') }],
    endpoints: [{ protocol: 'ssh', address: `127.0.0.1:${doorPort}` }],
  };
  return startService('control-plane', config, ports.opsPort);
}

async function startDoor(dataPort: number): Promise<ServerProcess> {
  const opsPort = await freePort();
  const config = {
    listen: { port: doorPort },
    controlPlane: {
      address: `127.0.0.1:${dataPort}`,
      joinTokenFile: directory.join('join-token'),
      stateDirectory: directory.join('door'),
    },
    // Nobody is there: what is recorded stays in the spool.
    nats: { servers: ['nats://127.0.0.1:1'] },
    spool: { directory: directory.join('spool') },
    ops: { port: opsPort },
  };
  return startService('proxy-ssh', config, opsPort);
}

async function startService(name: string, config: object, opsPort: number): Promise<ServerProcess> {
  const file = directory.join(`${name}.yaml`);
  writeFileSync(file, JSON.stringify(config));
  const service = await startServerProcess({
    command: NODE,
    args: [`${ROOT}/apps/${name}/src/main.ts`, '--config', file],
  });
  const isReady = async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok;
  await service.ready(name, isReady, 60_000);
  return service;
}

function bootstrapManifest(): string {
  return `
apiVersion: sallyport.dev/v1
kind: Issuer
metadata: { name: demo }
spec:
  url: ${provider.issuer}
  audience: ${provider.audience}
  deviceClientId: ${provider.deviceClientId}
  scopes: [openid, profile, groups]
  algorithms: [ES256]
  kinds: [{ clientCredentials: true, kind: agent, groups: [agents] }]
---
apiVersion: sallyport.dev/v1
kind: Role
metadata: { name: administrators }
spec: { subjects: [{ group: agents }], permissions: ['*'] }
`;
}

function targets(): string {
  const target = (name: string, credential: string) => `
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: ${name} }
spec:
  protocol: ssh
  address: { host: 127.0.0.1, port: ${host.port} }
  credential: ${credential}
  ssh: { logins: [${ACCOUNT}, nobody-else], hostKeys: ['${host.hostKeys[0] ?? ''}'] }
`;
  const key = `\n    username: ${ACCOUNT}\n    privateKey: |\n${host.privateKey.replace(/^/gm, '      ')}`;
  return `${target('by-certificate', `{ username: ${ACCOUNT}, certificate: {} }`)}---${target('by-key', key)}---
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: commands }
spec:
  subjects: [{ group: agents }, { group: dba }]
  targets: { names: ['*'] }
  rules:
    - name: harmless
      allow: { actions: [ssh.exec], objects: [echo, echo *, exit *, sleep *, 'true'] }
    - name: no-removing
      deny: { actions: [ssh.exec], objects: [rm *], message: nothing is removed here }
`;
}

async function logIn(): Promise<void> {
  const [agent] = provider.agents;
  writeFileSync(directory.join('secret'), agent?.clientSecret ?? '');
  const id = agent?.clientId ?? '';
  const login = await sallyport('login', '--client-id', id, '--client-secret-file', directory.join('secret'));
  expect([login.code, login.err]).toEqual([0, '']);
}

/** Settings of a plain ssh that trusts the doors, and answers questions with a program of ours. */
function plainSsh(methods: string, askpass: string): { words: string[]; env: Record<string, string> } {
  const script = directory.join(`askpass-${methods}`);
  writeFileSync(script, `#!/bin/sh\n${askpass}\n`);
  chmodSync(script, 0o700);
  const settings = [
    `UserKnownHostsFile=${directory.join('known_hosts')}`,
    'HostKeyAlias=ssh.sallyport.internal',
    `PreferredAuthentications=${methods}`,
    'PubkeyAuthentication=no',
    'NumberOfPasswordPrompts=1',
  ].flatMap((setting) => ['-o', setting]);
  return {
    words: ['-F', 'none', ...settings, '-p', String(doorPort)],
    env: { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' },
  };
}

/** ssh looks into the home directory of the account, not into HOME. */
const ownSsh = () => ['-F', directory.join('home/.ssh/config')];

describe('with the real door before a real OpenSSH server', () => {
  it.each(['by-certificate', 'by-key'])('runs commands on a target that is reached %s', async (target) => {
    expect(await sallyport('ssh', target, '--', 'echo hello; exit 3')).toEqual({
      code: 3,
      out: 'hello\n',
      err: '',
    });
  });

  it('says why a command was refused, and runs nothing of it', async () => {
    const file = directory.join('stays');
    writeFileSync(file, '');
    const { code, out, err } = await sallyport('ssh', 'by-certificate', '--', `rm -f ${file}; echo gone`);
    expect([code, out]).toEqual([126, '']);
    expect(err).toContain('nothing is removed here');
  });

  it('works with the own ssh once ssh-config was written', async () => {
    expect((await sallyport('ssh-config', '--write')).code).toBe(0);
    const { code, out, err } = await start('ssh', [...ownSsh(), 'by-certificate', 'echo hello']).ended;
    expect([code, out, err]).toEqual([0, 'hello\n', '']);
    const other = await start('ssh', [...ownSsh(), `${ACCOUNT}+by-key`, 'echo hello']).ended;
    expect([other.code, other.out]).toEqual([0, 'hello\n']);
  });

  it('acts as the account that is named, and only as one that may be', async () => {
    expect(await sallyport('ssh', `${ACCOUNT}@by-key`, '--', 'echo $USER')).toMatchObject({
      out: `${ACCOUNT}\n`,
    });
    const refused = await sallyport('ssh', 'daemon@by-key', '--', 'true');
    const absent = await start('ssh', [...ownSsh(), '-l', 'daemon@no-such-target', 'by-key', 'true']).ended;
    expect(refused.code).toBe(255);
    expect(refused.err.replaceAll('by-key', 'X')).toBe(absent.err.replaceAll('no-such-target', 'X'));
  });

  it('takes a token as the password', async () => {
    const { knownHosts } = JSON.parse((await sallyport('ssh-cert', '--json')).out) as { knownHosts: string };
    const { out: lines } = await start('cat', [knownHosts]).ended;
    writeFileSync(directory.join('known_hosts'), lines);
    const { words, env } = plainSsh('password', `${LAUNCHER} token`);
    const { code, out } = await start('ssh', [...words, 'by-key@127.0.0.1', 'echo hello'], env).ended;
    expect([code, out]).toEqual([0, 'hello\n']);
  });

  it('logs a person in by the link that it shows', async () => {
    const asked = directory.join('asked');
    const { words, env } = plainSsh(
      'keyboard-interactive',
      `echo "$1" >> ${asked}; cat ${directory.join('answer')}`,
    );
    writeFileSync(directory.join('answer'), '\n');
    const running = start('ssh', [...words, 'by-key@127.0.0.1', 'echo hello'], env);
    const shown = async () => `${(await start('cat', [asked]).ended).out}${running.err()}`;
    const link = await eventually('the link', async () => /http:\/\/127\S+/.exec(await shown())?.[0]);
    await approveDeviceLogin(link, 'dan');
    expect(await running.ended).toMatchObject({ code: 0, out: 'hello\n' });
  });

  it('ends within two seconds of the order of an administrator', async () => {
    const running = start(LAUNCHER, ['ssh', 'by-certificate', '--', 'echo here; sleep 60']);
    await eventually('the command', () => running.out().includes('here'));
    const { sessions } = JSON.parse((await sallyport('sessions', 'list', '--json')).out) as {
      sessions: { sessionId: string; state: string }[];
    };
    const newest = sessions.find(({ state }) => state === 'SESSION_STATE_OPEN');
    expect((await sallyport('sessions', 'end', newest?.sessionId ?? '')).code).toBe(0);
    const orderedAtMs = performance.now();
    const { code, err } = await running.ended;
    expect(performance.now() - orderedAtMs).toBeLessThan(2_000);
    expect([code, err.includes('session_ended_by_admin')]).toEqual([255, true]);
  });

  it('ends within two seconds of the revocation of the token that the certificate stands for', async () => {
    const running = start(LAUNCHER, ['ssh', 'by-certificate', '--', 'echo here; sleep 60']);
    await eventually('the command', () => running.out().includes('here'));
    const startedAtMs = performance.now();
    expect((await sallyport('logout')).code).toBe(0);
    expect((await running.ended).code).not.toBe(0);
    // The command line itself takes a part of it.
    expect(performance.now() - startedAtMs).toBeLessThan(2_000 + 2_000);
    const [id = ''] = readdirSync(directory.join('agent/ssh'));
    expect(readdirSync(directory.join(`agent/ssh/${id}`)).sort()).toEqual(['hosts', 'known_hosts']);
  });
});
