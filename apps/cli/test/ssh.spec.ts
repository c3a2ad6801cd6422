import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parsePublicKeyLine } from '@sallyport/codec-ssh';
import { ControlPlaneClient } from '@sallyport/control-plane-client';
import { createLogger, Secret } from '@sallyport/service-kit';
import {
  freePort,
  startOidcProvider,
  startServerProcess,
  temporaryDirectory,
  type OidcProvider,
  type ServerProcess,
} from '@sallyport/testing';
import { hostKey, startSshd } from './support/sshd.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LAUNCHER = `${ROOT}/sallyport`;

/**
 * The door here is a real OpenSSH server. It knows no LOGIN@TARGET, so the target is called
 * like the account that runs this.
 */
const TARGET = userInfo().username;

const directory = temporaryDirectory('cli-ssh');
let provider: OidcProvider;
let controlPlane: ServerProcess;
let door: ServerProcess;
let proxy: ControlPlaneClient;
let url: string;
let sshPort: number;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program as the agent, with a home directory of its own. */
function execute(
  file: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory.join('home'),
    SALLYPORT_CONFIG_DIR: directory.join('agent'),
    SALLYPORT_URL: url,
    ...more,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(file, words, { env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
    child.stdin.end();
  });
}

const sallyport = (...words: string[]) => execute(LAUNCHER, words);

async function json(...words: string[]): Promise<Record<string, never>> {
  const { code, out, err } = await sallyport(...words, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Record<string, never>;
}

beforeAll(async () => {
  mkdirSync(directory.join('home'));
  provider = await startOidcProvider();
  const [port, dataPort, opsPort] = [await freePort(), await freePort(), await freePort()];
  sshPort = await freePort();
  url = `http://127.0.0.1:${port}`;
  writeFileSync(directory.join('bootstrap.yaml'), bootstrapManifest());
  const config = {
    admin: { port },
    dataPlane: { port: dataPort },
    ops: { port: opsPort },
    database: { directory: directory.join('database') },
    masterKey: { file: directory.join('master.key'), create: true },
    bootstrapManifests: [directory.join('bootstrap.yaml')],
    endpoints: [{ protocol: 'ssh', address: `127.0.0.1:${sshPort}` }],
  };
  writeFileSync(directory.join('config.yaml'), JSON.stringify(config));
  controlPlane = await startServerProcess({
    command: `${ROOT}/node_modules/.bin/node`,
    args: [`${ROOT}/apps/control-plane/src/main.ts`, '--config', directory.join('config.yaml')],
  });
  const isReady = async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok;
  await controlPlane.ready('the control plane', isReady, 60_000);
  await logIn();
  proxy = await join(dataPort);
  door = await startDoor(await certifiedHostKey());
}, 120_000);

afterAll(async () => {
  await door.stop();
  await proxy.close();
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
  algorithms: [ES256]
  kinds: [{ clientCredentials: true, kind: agent, groups: [agents] }]
---
apiVersion: sallyport.dev/v1
kind: Role
metadata: { name: administrators }
spec: { subjects: [{ group: agents }], permissions: ['*'] }
---
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: ${TARGET} }
spec:
  protocol: ssh
  address: { host: 192.0.2.1 }
  credential: { username: deploy, password: never-shown }
  ssh: { logins: [deploy, ops], hostKeys: ['${hostKey(directory)}'] }
---
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents }
spec:
  subjects: [{ group: agents }]
  targets: { names: ['*'] }
  rules: [{ name: commands, allow: { actions: ['ssh.*'] } }]
`;
}

async function logIn(): Promise<void> {
  const [agent] = provider.agents;
  writeFileSync(directory.join('secret'), agent?.clientSecret ?? '');
  const id = agent?.clientId ?? '';
  const login = await sallyport('login', '--client-id', id, '--client-secret-file', directory.join('secret'));
  expect([login.code, login.err]).toEqual([0, '']);
}

async function join(dataPort: number): Promise<ControlPlaneClient> {
  const { joinToken, caFingerprint } = await json('join-token', 'proxy');
  return ControlPlaneClient.connect({
    address: `127.0.0.1:${dataPort}`,
    componentId: 'proxy-ssh-0',
    stateDirectory: directory.join('proxy'),
    join: { token: new Secret(String(joinToken)), caFingerprint: String(caFingerprint) },
    logger: createLogger({ name: 'test', level: 'silent' }),
  });
}

async function certifiedHostKey(): Promise<string> {
  const parsed = parsePublicKeyLine(hostKey(directory));
  if (!parsed.ok) throw parsed.error;
  const { certificate } = await proxy.certifyHostKey({ publicKey: parsed.value.blob });
  return `ssh-ed25519-cert-v01@openssh.com ${Buffer.from(certificate).toString('base64')}`;
}

async function startDoor(hostCertificate?: string): Promise<ServerProcess> {
  const { principal } = (await json('whoami')) as { principal?: { id: string } };
  return startSshd({
    directory,
    port: sshPort,
    ...(hostCertificate === undefined ? {} : { hostCertificate }),
    userAuthorities: (await sallyport('ssh-ca', 'list', 'user')).out.trim(),
    principals: [`sallyport:${principal?.id ?? ''}`],
  });
}

describe('with a real control plane and the real ssh', () => {
  it('runs ssh with a certificate and no question about the host', async () => {
    expect(await sallyport('ssh', TARGET, '--', 'echo', '$SSH_CONNECTION')).toMatchObject({
      code: 0,
      out: expect.stringContaining(`127.0.0.1 ${sshPort}`),
      err: '',
    });
  });

  it('ends as ssh ends', async () => {
    expect((await sallyport('ssh', TARGET, '--', 'exit 7')).code).toBe(7);
    expect((await sallyport('ssh', TARGET, '--', '-o', 'BatchMode=yes', 'false')).code).toBe(1);
  });

  it('makes files for their owner only, and takes the same certificate again', async () => {
    const [id = ''] = readdirSync(directory.join('agent/ssh'));
    const file = (name: string) => directory.join(`agent/ssh/${id}/${name}`);
    const before = readFileSync(file('id_ed25519-cert.pub'), 'utf8');
    for (const name of ['id_ed25519', 'id_ed25519-cert.pub', 'known_hosts', 'state.json', 'config'])
      expect([name, statSync(file(name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(statSync(directory.join('agent/ssh')).mode & 0o077).toBe(0);
    expect((await sallyport('ssh-cert', '--ensure')).out).toBe('');
    expect(readFileSync(file('id_ed25519-cert.pub'), 'utf8')).toBe(before);
    expect(readFileSync(file('state.json'), 'utf8')).not.toContain('spt_');
    const { certificate, renewed } = await json('ssh-cert');
    expect([certificate, renewed]).toEqual([file('id_ed25519-cert.pub'), true]);
    expect(readFileSync(file('id_ed25519-cert.pub'), 'utf8')).not.toBe(before);
  });

  it('copies files with scp and sftp', async () => {
    const source = directory.join('upload');
    writeFileSync(source, 'x'.repeat(100_000));
    const copied = await sallyport('scp', '--', '-q', source, `${TARGET}:${directory.join('copied')}`);
    expect([copied.code, copied.err]).toEqual([0, '']);
    expect(readFileSync(directory.join('copied'), 'utf8')).toHaveLength(100_000);
    const batch = directory.join('batch');
    writeFileSync(batch, `get ${source} ${directory.join('fetched')}\n`);
    expect((await sallyport('sftp', '--', '-q', '-b', batch, TARGET)).code).toBe(0);
    expect(readFileSync(directory.join('fetched'), 'utf8')).toHaveLength(100_000);
  });

  it('makes targets hosts of the own ssh, whose certificate renews by itself', async () => {
    mkdirSync(directory.join('home/.ssh'), { recursive: true });
    writeFileSync(directory.join('home/.ssh/config'), 'Host elsewhere\n  User somebody\n');
    const first = await json('ssh-config', '--write');
    const second = await json('ssh-config', '--write');
    expect([first['included'], second['included'], first['hosts']]).toEqual([true, false, [TARGET]]);
    const config = readFileSync(directory.join('home/.ssh/config'), 'utf8');
    expect(config).toMatch(/^Include ".*\/hosts"\n\nHost elsewhere\n {2}User somebody\n$/);
    const [id = ''] = readdirSync(directory.join('agent/ssh'));
    const state = directory.join(`agent/ssh/${id}/state.json`);
    const aged = readFileSync(state, 'utf8').replace(
      /"expiresAt": ".*?"/,
      '"expiresAt": "2020-01-01T00:00:00Z"',
    );
    writeFileSync(state, aged);
    // ssh looks into the home directory of the account, not into HOME.
    const ssh = (...words: string[]) => execute('ssh', ['-F', directory.join('home/.ssh/config'), ...words]);
    expect(await ssh(TARGET, 'echo hello')).toMatchObject({ code: 0, out: 'hello\n', err: '' });
    expect(readFileSync(state, 'utf8')).not.toContain('2020-01-01');
    const other = await ssh('-G', 'elsewhere');
    expect(other.out).toMatch(/^user somebody$/m);
    expect(other.out).not.toContain('sallyport');
    expect((await ssh('-G', `ops+${TARGET}`)).out).toMatch(new RegExp(`^user ops@${TARGET}$`, 'm'));
  });

  it('certifies a key of the own', async () => {
    await execute('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', directory.join('own')]);
    const { code, out } = await sallyport(
      'ssh-cert',
      '--public-key',
      directory.join('own.pub'),
      '--ttl',
      '5m',
    );
    expect(code).toBe(0);
    writeFileSync(directory.join('own-cert.pub'), out);
    const shown = await execute('ssh-keygen', ['-L', '-f', directory.join('own-cert.pub')]);
    expect(shown.out).toContain('ecdsa-sha2-nistp256-cert-v01@openssh.com user certificate');
    expect((await sallyport('ssh-cert', '--public-key', directory.join('own'))).code).toBe(2);
  });

  it("never takes one identity's certificate for another", async () => {
    const token = (await sallyport('token')).out.trim();
    const narrowed = (await sallyport('token', '--target', TARGET)).out.trim();
    const certificateOf = async (more: Record<string, string>, ...words: string[]) => {
      const { out } = await execute(LAUNCHER, [...words, 'ssh-cert', '--json'], more);
      return (JSON.parse(out) as { certificate: string }).certificate;
    };
    writeFileSync(directory.join('token-file'), narrowed);
    const files = [
      await certificateOf({}),
      await certificateOf({ SALLYPORT_TOKEN: narrowed }),
      await certificateOf({ SALLYPORT_TOKEN: token }),
      await certificateOf({}, '--token-file', directory.join('token-file')),
    ];
    expect(new Set(files).size).toBe(4);
  });

  it('makes a new certificate when the token in the file is another one', async () => {
    const more = { SALLYPORT_TOKEN_FILE: directory.join('token-file') };
    const ensure = async () => {
      const { out } = await execute(LAUNCHER, ['ssh-cert', '--ensure', '--json'], more);
      return (JSON.parse(out) as { renewed: boolean }).renewed;
    };
    expect(await ensure()).toBe(false);
    writeFileSync(directory.join('token-file'), (await sallyport('token', '--target', TARGET)).out);
    expect([await ensure(), await ensure()]).toEqual([true, false]);
  });

  it('renews with the token file that it was told of, and not with a token that will be gone', async () => {
    const file = directory.join('token-file');
    const { code, out } = await sallyport('--token-file', file, 'ssh-config');
    expect([code, out]).toEqual([0, expect.stringContaining(`--token-file ${file} ssh-cert --ensure"`)]);
    const gone = await execute(LAUNCHER, ['ssh-config'], { SALLYPORT_TOKEN: 'spt_x' });
    expect(gone.code).toBe(2);
    expect(gone.out + gone.err).not.toContain('spt_x');
  });

  it('says what to do to whom is not logged in: 3', async () => {
    const more = { SALLYPORT_CONFIG_DIR: directory.join('nobody') };
    const { code, err } = await execute(LAUNCHER, ['ssh', TARGET], more);
    expect([code, err]).toEqual([3, expect.stringContaining('sallyport login')]);
  });

  it('refuses a directory whose name would be read as something else', async () => {
    const more = { SALLYPORT_CONFIG_DIR: directory.join('$(touch hacked)'), SALLYPORT_TOKEN: 'spt_x' };
    const { code, err } = await execute(LAUNCHER, ['ssh-cert'], more);
    expect([code, err]).toEqual([1, expect.stringContaining('SALLYPORT_CONFIG_DIR')]);
  });

  it('lists the accounts that may be named', async () => {
    expect((await sallyport('targets')).out).toMatch(
      new RegExp(`ACCOUNTS.*\\n${TARGET} +ssh +127\\.0\\.0\\.1:${sshPort} +deploy ops`),
    );
  });

  it('knows what is not there: 6, and what is no SSH target: 2', async () => {
    expect((await sallyport('ssh', 'gone')).code).toBe(6);
    expect((await sallyport('psql', TARGET)).code).toBe(2);
    expect((await sallyport('ssh-ca', 'list', 'nobody')).code).toBe(2);
  });

  it('gives a CA a new key and retires the old one', async () => {
    const listed = async () => (await sallyport('ssh-ca', 'list', 'upstream')).out.trim().split('\n');
    const [old] = await listed();
    expect((await sallyport('ssh-ca', 'rotate', 'upstream', '--after', 'now')).code).toBe(0);
    expect(await listed()).toEqual([expect.not.stringContaining(old ?? ''), old]);
    expect((await sallyport('ssh-ca', 'retire', 'upstream')).out).toContain(
      '1 key of the CA "upstream" retired',
    );
    expect(await listed()).toHaveLength(1);
  });

  it('connects to no door that cannot prove itself', async () => {
    await door.stop();
    door = await startDoor();
    const { code, err } = await sallyport('ssh', TARGET, '--', 'true');
    expect([code, err]).toEqual([255, expect.stringContaining('Host key verification failed')]);
  });
});
