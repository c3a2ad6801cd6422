import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ControlPlaneClient } from '@sallyport/control-plane-client';
import { TARGET_PASSWORD, type Fixture } from '../support/fixture.ts';
import { policyManifest, sshTargetManifest } from '../support/manifests.ts';
import { SshKeys } from '../support/ssh-keys.ts';
import { sessionInput } from './opening-sessions.ts';

const RULES = '{ name: commands, allow: { actions: [ssh.exec] } }';

export function sshTargetsSuite(fixture: () => Fixture): void {
  describe('SSH targets', () => {
    let proxy: ControlPlaneClient;
    let keys: SshKeys;
    let token: string;

    beforeAll(async () => {
      keys = new SshKeys(fixture().directory)
        .generate('target-host')
        .generate('target-key')
        .generate('upstream');
      proxy = await fixture().proxy();
      token = await fixture().tokenOf('theo', ['sshers']);
      fixture().secrets.add(keys.text('target-key').split('\n')[2] ?? '');
    });

    const target = (name: string, credential: string, more = '', logins = '') =>
      `${sshTargetManifest(name, { hostKey: keys.text('target-host.pub'), credential, logins })}${more}---${policyManifest(name, 'sshers', name, RULES)}`;

    const open = (name: string, more: { login?: string; upstreamPublicKey?: Uint8Array } = {}) =>
      proxy.openSession(sessionInput(token, name, { protocol: 'ssh', ...more }));

    it('give the door the password, the host keys and nothing else', async () => {
      await fixture().apply(
        target('st-password', '{ username: deploy, passwordEnv: SALLYPORT_TARGET_SHOP }'),
      );
      const { upstream } = await open('st-password');
      expect(upstream).toMatchObject({
        host: '10.0.0.9',
        port: 22,
        credential: { case: 'password', value: { username: 'deploy', password: TARGET_PASSWORD } },
        sshHostTrust: {
          hostKeys: [keys.text('target-host.pub').split(' ').slice(0, 2).join(' ')],
          hostCertificateAuthorities: [],
        },
      });
      expect(upstream.tls).toBeUndefined();
    });

    it('give the door the private key, sealed until then', async () => {
      await fixture().apply(target('st-key', '{ username: deploy, privateKeyFile: target-key }'));
      const { upstream } = await open('st-key');
      expect(upstream.credential).toMatchObject({
        case: 'sshPrivateKey',
        value: { username: 'deploy', privateKeyPem: keys.text('target-key') },
      });
    });

    it('keep a key that is not given again, but not for another place, trust, account or kind', async () => {
      const credential = `\n    username: deploy\n    privateKey: |\n${keys.text('target-key').replace(/^/gm, '      ')}`;
      await fixture().apply(target('st-keep', credential));
      const { resources } = await fixture().asAdmin();
      const { resource } = await resources.getResource({ kind: 'Target', name: 'st-keep' });
      const shown = resource?.manifest ?? '';
      expect(shown).not.toContain('PRIVATE');
      const problemsOf = async (manifest: string) =>
        (await resources.apply({ manifest, dryRun: true })).problems.map(({ message }) => message);
      expect(await problemsOf(shown)).toEqual([]);
      expect((await open('st-keep')).upstream.credential.case).toBe('sshPrivateKey');
      const again = [expect.stringMatching(/so the private key must be given again/)];
      expect(await problemsOf(shown.replace('10.0.0.9', 'attacker.example'))).toEqual(again);
      expect(await problemsOf(shown.replace('port: 22', 'port: 2222'))).toEqual(again);
      expect(await problemsOf(shown.replace('username: deploy', 'username: root'))).toEqual(again);
      const [, blob = ''] = keys.text('target-host.pub').split(' ');
      const [, other = ''] = keys.text('upstream.pub').split(' ');
      expect(await problemsOf(shown.replace(blob, other))).toEqual(again);
      expect(await problemsOf(shown.replace('type: privateKey', 'type: password'))).toEqual([
        expect.stringMatching(/so the password must be given again/),
      ]);
    });

    it('have a certificate made for each session, for one account and for minutes', async () => {
      await fixture().apply(
        target('st-cert', '{ username: deploy, certificate: {} }', '', 'logins: [deploy, ops]'),
      );
      const upstreamPublicKey = Buffer.from(keys.blob('upstream')).subarray(-32);
      const session = await open('st-cert', { upstreamPublicKey, login: 'ops' });
      const { credential } = session.upstream;
      if (credential.case !== 'sshCertificate') throw new Error('no certificate');
      expect(credential.value.username).toBe('ops');
      const line = `ssh-ed25519-cert-v01@openssh.com ${Buffer.from(credential.value.certificate).toString('base64')}\n`;
      writeFileSync(keys.path('upstream-cert.pub'), line);
      const shown = keys.describe('upstream-cert.pub');
      expect(shown).toMatch(/Principals: \n +ops\n/);
      expect(shown).toContain(`Key ID: "sallyport ${session.id} ${session.principal.id} theo"`);
      expect(shown).toMatch(/permit-pty/);
      expect(shown).not.toMatch(/permit-user-rc/);
      const [, from = '', to = ''] = /Valid: from (\S+) to (\S+)/.exec(shown) ?? [];
      expect(Date.parse(to) - Date.parse(from)).toBe(6 * 60_000);
    });

    it('that take certificates refuse a door that brings no key', async () => {
      await expect(open('st-cert')).rejects.toMatchObject({ code: 'protocol_violation' });
      await expect(open('st-cert', { upstreamPublicKey: new Uint8Array(31) })).rejects.toMatchObject({
        code: 'protocol_violation',
      });
    });

    it('answer to an account that may not be named as if they were not there', async () => {
      const upstreamPublicKey = Buffer.from(keys.blob('upstream')).subarray(-32);
      const absent = await open('st-nowhere', { login: 'ops' }).catch((error: unknown) => error);
      for (const login of ['root', 'OPS', 'ops ', '*', 'ops,deploy']) {
        const refused = await open('st-cert', { upstreamPublicKey, login }).catch((error: unknown) => error);
        expect(refused).toEqual(absent);
      }
      expect(absent).toMatchObject({ code: 'target_not_available' });
    });

    it('are listed with the accounts that may be named, the default first', async () => {
      const { access } = await fixture().as(token);
      const { targets } = await access.listTargets({});
      const found = targets.find((entry) => entry.target?.name === 'st-cert');
      expect(found).toMatchObject({ endpoint: '127.0.0.1:10022', logins: ['deploy', 'ops'] });
    });

    it('of other protocols have no accounts to name', async () => {
      await fixture().apply(
        `apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: st-postgres }
spec: { protocol: postgres, address: { host: h, port: 1 } }
---${policyManifest('st-postgres', 'sshers', 'st-postgres', '{ name: r, allow: { actions: [sql.read] } }')}`,
      );
      const input = sessionInput(token, 'st-postgres');
      await expect(proxy.openSession({ ...input, login: 'postgres' })).rejects.toMatchObject({
        code: 'target_not_available',
      });
      await expect(proxy.openSession(input)).resolves.toBeDefined();
    });
  });
}
