import { writeFileSync } from 'node:fs';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SshCertificateService } from '@sallyport/contracts/admin';
import type { ControlPlaneClient } from '@sallyport/control-plane-client';
import { eventually } from '@sallyport/testing';
import { ended } from '../support/ended.ts';
import type { Fixture } from '../support/fixture.ts';
import { policyManifest, sshTargetManifest } from '../support/manifests.ts';
import { blobOf, SshKeys } from '../support/ssh-keys.ts';
import { sessionInput } from './opening-sessions.ts';

const RULES = '{ name: commands, allow: { actions: [ssh.exec] } }';
const FELT_WITHIN_MS = 2_000;

export function sshCertificatesSuite(fixture: () => Fixture): void {
  describe('SSH certificates of callers', () => {
    let proxy: ControlPlaneClient;
    let keys: SshKeys;

    beforeAll(async () => {
      keys = new SshKeys(fixture().directory).generate('caller').generate('stranger').generate('cert-host');
      await fixture().apply(
        ['cert-web', 'cert-db']
          .flatMap((name) => [
            sshTargetManifest(name, { hostKey: keys.text('cert-host.pub') }),
            policyManifest(name, 'certs', name, RULES),
          ])
          .join('---'),
      );
      proxy = await fixture().proxy();
      await eventually('the order stream', () => proxy.connected);
    });

    const as = (token: string) => fixture().admin(SshCertificateService, token);

    async function certificateOf(token: string, more: { sourceAddresses?: string[]; seconds?: bigint } = {}) {
      const { sourceAddresses = [], seconds } = more;
      const issued = await as(token).issueUserCertificate({
        publicKey: keys.blob('caller'),
        sourceAddresses,
        ...(seconds === undefined ? {} : { lifetime: { seconds } }),
      });
      return { ...issued, blob: blobOf(issued.certificate) };
    }

    const open = (certificate: Uint8Array, target = 'cert-web', clientAddress = '192.0.2.7:50022') =>
      proxy.openSession({
        ...sessionInput('', target),
        protocol: 'ssh',
        credential: { kind: 'sshCertificate', certificate },
        clientAddress,
      });

    it('are what ssh-keygen reads, name the token, and no account', async () => {
      const token = await fixture().tokenOf('carla', ['certs']);
      const { certificate, expiresAt } = await certificateOf(token, { sourceAddresses: ['192.0.2.0/24'] });
      writeFileSync(keys.path('shown-cert.pub'), `${certificate}\n`);
      const shown = keys.describe('shown-cert.pub');
      const { token: info } = await (await fixture().as(token)).tokens.whoAmI({});
      expect(shown).toMatch(/Type: ssh-ed25519-cert-v01@openssh\.com user certificate/);
      expect(shown).toContain(`Key ID: "carla ${info?.tokenId ?? ''}"`);
      expect(shown).toMatch(/Principals: \n +sallyport:prn_[0-9a-f]{32}\n/);
      expect(shown).toMatch(/Critical Options: \n +source-address 192\.0\.2\.0\/24/);
      expect(shown).toMatch(/Extensions: \n +token-id@sallyport\.dev/);
      expect(shown).not.toMatch(/permit-/);
      expect(timestampDate(expiresAt!).getTime()).toBeLessThanOrEqual(
        timestampDate(info!.expiresAt!).getTime(),
      );
    });

    it('open the same sessions as their token', async () => {
      const token = await fixture().tokenOf('cato', ['certs']);
      const session = await open((await certificateOf(token)).blob);
      expect(session).toMatchObject({ principal: { name: 'cato' }, target: { name: 'cert-web' } });
      const byToken = await proxy.openSession(sessionInput(token, 'cert-web', { protocol: 'ssh' }));
      expect(session.view.revision).toBe(byToken.view.revision);
    });

    it('live no longer than their token, nor than is allowed, nor than asked', async () => {
      const short = await fixture().tokenOf('cleo', ['certs'], { requested_lifetime: '60' });
      const secondsOf = async (token: string, seconds?: bigint) => {
        const { expiresAt } = await certificateOf(token, seconds === undefined ? {} : { seconds });
        return (timestampDate(expiresAt!).getTime() - Date.now()) / 1000;
      };
      expect(await secondsOf(short)).toBeLessThanOrEqual(60);
      const long = await fixture().tokenOf('cleo', ['certs']);
      expect(await secondsOf(long, 10n)).toBeLessThanOrEqual(10);
      expect(await secondsOf(long, 999_999n)).toBeLessThanOrEqual(3600);
      await expect(certificateOf(long, { seconds: 0n })).rejects.toThrow(/more than nothing/);
    });

    it('die with their token: live sessions end within two seconds, and no more are opened', async () => {
      const token = await fixture().tokenOf('cyrus', ['certs']);
      const { blob } = await certificateOf(token);
      const session = await open(blob);
      const other = await open((await certificateOf(await fixture().tokenOf('cyrus', ['certs']))).blob);
      const end = ended(session);
      const { tokens } = await fixture().as(token);
      const { token: info } = await tokens.whoAmI({});
      await tokens.revokeToken({ tokenId: info?.tokenId ?? '' });
      const { code, afterMs } = await end;
      expect([code, afterMs < FELT_WITHIN_MS]).toEqual(['token_revoked', true]);
      expect(other.isViewFresh(Date.now())).toBe(true);
      await expect(open(blob)).rejects.toMatchObject({ code: 'token_revoked' });
    });

    it('die with a lock on who they are for', async () => {
      const { blob } = await certificateOf(await fixture().tokenOf('locked-cert', ['certs']));
      const session = await open(blob);
      const { access } = await fixture().asAdmin();
      const end = ended(session);
      const { lock } = await access.createLock({ principalId: session.principal.id, reason: 'test' });
      expect((await end).code).toBe('locked');
      await expect(open(blob)).rejects.toMatchObject({ code: 'locked' });
      await access.deleteLock({ lockId: lock?.lockId ?? '' });
      await expect(open(blob)).resolves.toBeDefined();
    });

    it('of a narrowed token reach what that reaches', async () => {
      const token = await fixture().tokenOf('nora', ['certs'], {
        resource: 'urn:sallyport:target:cert-web',
        scope: 'ssh.exec',
      });
      const { blob } = await certificateOf(token);
      expect((await open(blob)).target.name).toBe('cert-web');
      await expect(open(blob, 'cert-db')).rejects.toMatchObject({ code: 'target_not_available' });
    });

    it('that are bound to addresses are worth nothing elsewhere', async () => {
      const { blob } = await certificateOf(await fixture().tokenOf('sven', ['certs']), {
        sourceAddresses: ['192.0.2.7', '2001:db8::/32'],
      });
      await expect(open(blob)).resolves.toBeDefined();
      await expect(open(blob, 'cert-web', '[2001:db8::1]:9')).resolves.toBeDefined();
      await expect(open(blob, 'cert-web', '192.0.2.8:50022')).rejects.toMatchObject({
        code: 'token_invalid',
      });
    });

    it('of other CAs, of hosts, and plain keys open nothing', async () => {
      const forged = keys.sign('stranger', 'caller', '-n', 'sallyport:prn_x', '-V', '+1h');
      const { certificate: host } = await proxy.certifyHostKey({ publicKey: keys.blob('caller') });
      for (const certificate of [forged, host, keys.blob('caller'), new Uint8Array(), Buffer.from('spt_x')])
        await expect(open(certificate)).rejects.toMatchObject({ code: 'token_invalid' });
    });

    it('are given for keys that are worth something only', async () => {
      const token = await fixture().tokenOf('kay', ['certs']);
      keys.generate('tiny', '-t', 'rsa', '-b', '1024');
      for (const publicKey of [
        keys.blob('tiny'),
        new Uint8Array(),
        Buffer.from('hello'),
        keys.blob('caller').slice(0, -1),
      ])
        await expect(as(token).issueUserCertificate({ publicKey })).rejects.toThrow(/public key/);
      for (const address of ['everywhere', '192.0.2.0/40', ''])
        await expect(
          as(token).issueUserCertificate({ publicKey: keys.blob('caller'), sourceAddresses: [address] }),
        ).rejects.toThrow(/source address/);
      await expect(as('').issueUserCertificate({ publicKey: keys.blob('caller') })).rejects.toThrow(/token/);
    });

    it('are given for every kind of key that ssh makes', async () => {
      const token = await fixture().tokenOf('kim', ['certs']);
      for (const [name, ...options] of [
        ['ecdsa', '-t', 'ecdsa', '-b', '521'],
        ['rsa', '-t', 'rsa', '-b', '2048'],
      ] as const) {
        keys.generate(`kind-${name}`, ...options);
        const { certificate } = await as(token).issueUserCertificate({
          publicKey: keys.blob(`kind-${name}`),
        });
        await expect(open(blobOf(certificate))).resolves.toBeDefined();
      }
    });
  });

  describe('the CAs for SSH', () => {
    let keys: SshKeys;
    let proxy: ControlPlaneClient;

    beforeAll(async () => {
      keys = new SshKeys(fixture().directory).generate('door');
      proxy = await fixture().proxy();
    });

    it('certify doors for the alias and the configured names only', async () => {
      const { certificate, expiresAt, userCaPublicKeys } = await proxy.certifyHostKey({
        publicKey: keys.blob('door'),
      });
      const line = `ssh-ed25519-cert-v01@openssh.com ${Buffer.from(certificate).toString('base64')}\n`;
      writeFileSync(keys.path('door-cert.pub'), line);
      const shown = keys.describe('door-cert.pub');
      expect(shown).toContain('host certificate');
      expect(shown).toMatch(
        /Principals: \n +ssh\.sallyport\.internal\n +127\.0\.0\.1\n +ssh\.example\.com\n/,
      );
      expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
      expect(userCaPublicKeys).toHaveLength(1);
      await expect(
        proxy.certifyHostKey({ publicKey: keys.blob('door'), hostNames: ['github.com'] }),
      ).rejects.toMatchObject({ code: 'denied_by_rule' });
      await expect(
        proxy.certifyHostKey({ publicKey: keys.blob('door'), hostNames: ['SSH.example.com'] }),
      ).resolves.toBeDefined();
    });

    it('are told to callers, with lines for known_hosts', async () => {
      const token = await fixture().tokenOf('olga');
      const options = await fixture().admin(SshCertificateService, token).getSshOptions({});
      expect(options).toMatchObject({ endpoint: '127.0.0.1:10022', hostKeyAlias: 'ssh.sallyport.internal' });
      const [host] = options.hostCertificateAuthorities;
      expect(options.knownHosts).toBe(
        `@cert-authority ssh.sallyport.internal,[127.0.0.1]:10022,[ssh.example.com]:10022 ${host?.split(' ').slice(0, 2).join(' ') ?? ''}\n`,
      );
      const all = [
        ...options.userCertificateAuthorities,
        ...options.hostCertificateAuthorities,
        ...options.upstreamCertificateAuthorities,
      ].map((line) => line.split(' ')[1]);
      expect(new Set(all).size).toBe(3);
    });

    it('get new keys from administrators only', async () => {
      const client = fixture().admin(SshCertificateService, await fixture().tokenOf('olga'));
      await expect(client.rotateSshAuthority({ authority: 1 })).rejects.toThrow(/identity\.write/);
      await expect(client.retireSshAuthority({ authority: 1 })).rejects.toThrow(/identity\.write/);
    });

    it('know a new key before it signs, and forget the old one when told to', async () => {
      const admin = fixture().admin(SshCertificateService, await fixture().adminToken());
      const listed = async () => (await admin.getSshOptions({})).hostCertificateAuthorities;
      const signer = async () => {
        const { certificate } = await proxy.certifyHostKey({ publicKey: keys.blob('door') });
        const line = `ssh-ed25519-cert-v01@openssh.com ${Buffer.from(certificate).toString('base64')}\n`;
        writeFileSync(keys.path('rotated-cert.pub'), line);
        return /Signing CA: \S+ (\S+)/.exec(keys.describe('rotated-cert.pub'))?.[1];
      };
      const [first] = await listed();
      const before = await signer();
      const { publicKey: next } = await admin.rotateSshAuthority({ authority: 2 });
      expect(await listed()).toEqual([first, next]);
      expect(await signer()).toBe(before);
      expect(await admin.retireSshAuthority({ authority: 2 })).toMatchObject({ retired: 0 });
      const { publicKey: now } = await admin.rotateSshAuthority({
        authority: 2,
        signsAfter: { seconds: 0n },
      });
      expect((await listed())[0]).toBe(now);
      expect(await signer()).not.toBe(before);
      expect(await admin.retireSshAuthority({ authority: 2 })).toMatchObject({ retired: 1 });
      expect(await listed()).toEqual([now, next]);
    });

    it('end what a retired key signed', async () => {
      const admin = fixture().admin(SshCertificateService, await fixture().adminToken());
      await fixture().apply(
        `${sshTargetManifest('retired-web', { hostKey: keys.text('door.pub') })}---${policyManifest('retired-web', 'certs', 'retired-web', RULES)}`,
      );
      const token = await fixture().tokenOf('rhea', ['certs']);
      const client = fixture().admin(SshCertificateService, token);
      const issue = async () =>
        blobOf((await client.issueUserCertificate({ publicKey: keys.blob('door') })).certificate);
      const open = (certificate: Uint8Array) =>
        proxy.openSession({
          ...sessionInput('', 'retired-web'),
          protocol: 'ssh',
          credential: { kind: 'sshCertificate', certificate },
        });
      const old = await issue();
      await admin.rotateSshAuthority({ authority: 1, signsAfter: { seconds: 0n } });
      const fresh = await issue();
      await expect(open(old)).resolves.toBeDefined();
      await admin.retireSshAuthority({ authority: 1 });
      await expect(open(old)).rejects.toMatchObject({ code: 'token_invalid' });
      await expect(open(fresh)).resolves.toBeDefined();
    });
  });
}
