import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseManifest } from '../../resources/manifest.ts';
import { parseTarget } from '../parse-target.ts';
import { readGivenSecret } from '../secret-source.ts';
import { resolveLogin, type ParsedTarget } from '../target.ts';

let directory: string;
const file = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
const keygen = (name: string, ...options: string[]) =>
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', 'a comment', '-f', join(directory, name), ...options]);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ssh-target-'));
  keygen('host', '-t', 'ed25519');
  keygen('other', '-t', 'ecdsa', '-b', '384');
  keygen('short', '-t', 'rsa', '-b', '1024');
  keygen('locked', '-t', 'ed25519', '-N', 'a passphrase');
  keygen('pem', '-t', 'rsa', '-b', '2048', '-m', 'PEM');
  keygen('pkcs8', '-t', 'ecdsa', '-m', 'PKCS8');
  keygen('locked-pkcs8', '-t', 'ecdsa', '-m', 'PKCS8', '-N', 'a passphrase');
  keygen('locked-pem', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'a passphrase');
  execFileSync('ssh-keygen', [
    '-q',
    '-s',
    join(directory, 'other'),
    '-I',
    'x',
    '-h',
    join(directory, 'host.pub'),
  ]);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Parts {
  readonly address?: string;
  readonly credential?: string;
  readonly ssh?: string;
  readonly more?: string;
}

function manifest({
  address = '{ host: web.internal }',
  credential = '{ username: deploy, password: x }',
  ssh = `{ hostKeys: ['${file('host.pub')}'] }`,
  more = '',
}: Parts = {}): string {
  return `apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: web, labels: { env: test } }
spec:
  protocol: ssh
  address: ${address}
  credential: ${credential}
  ssh: ${ssh}
${more}`;
}

function parse(text: string) {
  const file = parseManifest(text);
  const [manifest] = file.manifests;
  if (manifest === undefined) throw new Error(JSON.stringify(file.problems()));
  return { manifest, result: parseTarget(manifest) };
}

function good(parts: Parts = {}): ParsedTarget {
  const { result } = parse(manifest(parts));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problems(parts: Parts): string[] {
  const { manifest: document, result } = parse(manifest(parts));
  const found = result.ok ? [] : result.problems;
  const secret = result.ok ? result.value.secret : undefined;
  const given = secret && readGivenSecret(document, secret, { directory, env: {} });
  const all = given?.ok === false ? [...found, given.problem] : found;
  return all.map(({ line, path, message }) => `${String(line)} ${path}: ${message}`);
}

describe('a Target of protocol ssh', () => {
  it('is at port 22 unless it says otherwise, and acts as the user of its credential', () => {
    const { definition } = good();
    expect(definition.place).toMatchObject({ host: 'web.internal', port: 22 });
    expect(definition.credential).toEqual({ kind: 'password', username: 'deploy' });
    expect(definition.logins).toEqual(['deploy']);
  });

  it('takes host keys as .pub files, known_hosts and ssh-keyscan have them', () => {
    const [type = '', blob = ''] = file('host.pub').split(' ');
    for (const line of [
      file('host.pub'),
      `${type} ${blob}`,
      `web.internal ${type} ${blob}`,
      `ssh-1.internal ${type} ${blob}`,
      `[web.internal]:2222,192.0.2.1 ${type} ${blob} comment`,
      `|1|c2FsdA==|aGFzaA== ${type} ${blob}`,
    ]) {
      expect(good({ ssh: `{ hostKeys: ['${line}'] }` }).definition.place.sshHostTrust).toEqual({
        hostKeys: [`${type} ${blob}`],
        hostCertificateAuthorities: [],
      });
    }
  });

  it.each([
    ['nothing', '{}'],
    ['empty lists', '{ hostKeys: [], hostCertificateAuthorities: [] }'],
  ])('is refused with %s to know its host by, and told how to get it', (_what, ssh) => {
    expect(problems({ ssh })).toEqual([
      expect.stringMatching(
        /^8 spec\.ssh: needs hostKeys or hostCertificateAuthorities: .*never trusted at first sight.*ssh-keyscan.*ssh-keygen -lf/,
      ),
    ]);
  });

  it('is refused with keys that prove nothing', () => {
    const certificate = file('host-cert.pub');
    for (const [line, message] of [
      [file('short.pub'), /is too short: an RSA key needs 2048 bits/],
      [certificate, /is a certificate/],
      ['ssh-dss AAAAB3NzaC1kc3MAAACBAKz', /is not a/],
      [`ssh-ed25519 ${file('other.pub').split(' ')[1] ?? ''}`, /is not a public key/],
      ['AAAAC3NzaC1lZDI1NTE5AAAA', /is not a public key/],
      ['@cert-authority * ' + file('host.pub'), /is not a public key/],
      ['', /is not a public key/],
    ] as const) {
      expect(problems({ ssh: `{ hostKeys: ['${line}'] }` })).toEqual([expect.stringMatching(message)]);
    }
  });

  it('tells all of its problems at once, each at its line', () => {
    const found = problems({
      address: '{ host: web.internal, port: 0 }',
      credential: "{ username: '-oProxyCommand=x', password: a, privateKeyFile: b, certificate: {} }",
      ssh: '{ logins: [root@web], hostKeys: [nonsense], trustEverybody: true }',
      more: '  tls: { mode: disable }\n  parameters: { a: b }\n',
    });
    expect(found.map((text) => text.split(':')[0])).toEqual([
      '6 spec.address.port',
      '7 spec.credential.username',
      '7 spec.credential',
      '8 spec.ssh.logins[0]',
      '8 spec.ssh.hostKeys[0]',
      '8 spec.ssh.trustEverybody',
      '9 spec.tls',
      '10 spec.parameters',
    ]);
  });

  it.each(['root@web', '-l', 'a b', 'a:b', '', 'x'.repeat(33), 'a/b', '$(id)'])(
    'takes no "%s" for an account',
    (login) => {
      const ssh = `{ logins: [deploy, '${login}'], hostKeys: ['${file('host.pub')}'] }`;
      expect(problems({ ssh })).toEqual([expect.stringContaining('must be the name of an account')]);
    },
  );

  it('lets callers name the accounts that it lists, and only those', () => {
    const { definition } = good({
      ssh: `{ logins: [backup, deploy], hostKeys: ['${file('host.pub')}'] }`,
    });
    expect(definition.logins).toEqual(['deploy', 'backup']);
    expect(['', 'deploy', 'backup', 'root', 'Deploy'].map((name) => resolveLogin(definition, name))).toEqual([
      'deploy',
      'deploy',
      'backup',
      undefined,
      undefined,
    ]);
    expect(problems({ ssh: `{ logins: [backup], hostKeys: ['${file('host.pub')}'] }` })).toEqual([
      expect.stringContaining('must have the user name of the credential'),
    ]);
  });

  it('takes private keys as OpenSSH and OpenSSL write them', () => {
    for (const name of ['host', 'other', 'pem', 'pkcs8']) {
      expect(problems({ credential: `{ username: deploy, privateKeyFile: ${name} }` })).toEqual([]);
    }
    const inline = `\n    username: deploy\n    privateKey: |\n${file('host').replace(/^/gm, '      ')}`;
    const target = good({ credential: inline });
    expect(target.definition.credential?.kind).toBe('privateKey');
    expect(JSON.stringify(target.shown)).not.toContain('OPENSSH');
  });

  it('refuses private keys that nobody could unlock, that are too short, or are none', () => {
    for (const name of ['locked', 'locked-pkcs8', 'locked-pem']) {
      expect(problems({ credential: `{ username: deploy, privateKeyFile: ${name} }` })).toEqual([
        expect.stringMatching(/^7 spec\.credential\.privateKeyFile: is encrypted with a passphrase/),
      ]);
    }
    expect(problems({ credential: '{ username: deploy, privateKeyFile: short }' })).toEqual([
      expect.stringContaining('the key is too short'),
    ]);
    for (const [credential, what] of [
      ['{ username: deploy, privateKeyFile: host.pub }', 'privateKeyFile'],
      ['{ username: deploy, privateKey: hunter2 }', 'privateKey'],
    ] as const) {
      const found = problems({ credential });
      expect(found).toEqual([expect.stringContaining(`${what}: is not a private key`)]);
      expect(found.join()).not.toContain('hunter2');
    }
  });

  it('says one way to log in, and only one', () => {
    for (const credential of [
      '{ username: deploy, password: x, certificate: {} }',
      '{ username: deploy, privateKeyFile: host, certificate: {} }',
      '{ username: deploy, type: password, privateKeyFile: host }',
      '{ username: deploy, password: x, passwordEnv: SALLYPORT_TARGET_X }',
    ]) {
      expect(problems({ credential })).toEqual([
        expect.stringMatching(/spec\.credential: give (one|at most one) of/),
      ]);
    }
    const { definition, secret } = good({ credential: '{ username: deploy, certificate: {} }' });
    expect([definition.credential, secret]).toEqual([{ kind: 'certificate', username: 'deploy' }, undefined]);
  });

  it('reads what it shows as the same target, so that it can be stored', () => {
    for (const credential of [
      '{ username: deploy, password: x }',
      '{ username: deploy, privateKeyFile: host }',
      '{ username: deploy, certificate: {} }',
      '{ username: deploy, type: privateKey }',
    ]) {
      const target = good({ credential });
      const again = parse(JSON.stringify(target.shown)).result;
      expect(again).toMatchObject({
        ok: true,
        value: { definition: { credential: target.definition.credential }, destination: target.destination },
      });
    }
  });

  it('has its secret go elsewhere when anything changes that decides who gets it', () => {
    const base = good({ ssh: `{ logins: [deploy, ops], hostKeys: ['${file('host.pub')}'] }` });
    const both = `'${file('host.pub')}', '${file('other.pub')}'`;
    const changed: Parts[] = [
      { address: '{ host: attacker.example }' },
      { address: '{ host: web.internal, port: 2222 }' },
      { ssh: `{ logins: [deploy], hostKeys: ['${file('host.pub')}'] }` },
      { ssh: `{ logins: [deploy, ops, root], hostKeys: ['${file('host.pub')}'] }` },
      { ssh: `{ logins: [deploy, ops], hostKeys: ['${file('other.pub')}'] }` },
      { ssh: `{ logins: [deploy, ops], hostKeys: [${both}] }` },
      { ssh: `{ logins: [deploy, ops], hostCertificateAuthorities: ['${file('host.pub')}'] }` },
      { credential: '{ username: ops }' },
      { credential: '{ username: deploy, type: privateKey }' },
    ];
    const ssh = `{ logins: [deploy, ops], hostKeys: ['${file('host.pub')}'] }`;
    for (const parts of changed) expect(good({ ssh, ...parts }).destination).not.toBe(base.destination);
    expect(
      good({ ssh: `{ logins: [ops, deploy], hostKeys: ['${file('host.pub')} renamed'] }` }).destination,
    ).toBe(base.destination);
  });
});
