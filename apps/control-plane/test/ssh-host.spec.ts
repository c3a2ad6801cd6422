import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SshCertificateService } from '@sallyport/contracts/admin';
import type { ControlPlaneClient } from '@sallyport/control-plane-client';
import { eventually, startSshServer, type SshServer } from '@sallyport/testing';
import { Fixture } from './support/fixture.ts';
import { policyManifest, sshTargetManifest } from './support/manifests.ts';
import { SshKeys } from './support/ssh-keys.ts';
import { sessionInput } from './suites/opening-sessions.ts';

const ACCOUNT = userInfo().username;

describe('a real OpenSSH server that trusts the CA for targets', () => {
  let fixture: Fixture;
  let proxy: ControlPlaneClient;
  let host: SshServer;
  let careless: SshServer;
  let keys: SshKeys;
  let token: string;

  beforeAll(async () => {
    fixture = await Fixture.start();
    proxy = await fixture.proxy();
    keys = new SshKeys(fixture.directory).generate('session').generate('caller');
    const options = await fixture.admin(SshCertificateService, await fixture.adminToken()).getSshOptions({});
    writeFileSync(keys.path('upstream-ca.pub'), `${options.upstreamCertificateAuthorities.join('\n')}\n`);
    writeFileSync(keys.path('user-ca.pub'), `${options.userCertificateAuthorities.join('\n')}\n`);
    host = await startSshServer({ settings: [`TrustedUserCAKeys ${keys.path('upstream-ca.pub')}`] });
    careless = await startSshServer({ settings: [`TrustedUserCAKeys ${keys.path('user-ca.pub')}`] });
    const credential = `{ username: ${ACCOUNT}, certificate: {} }`;
    const logins = `logins: [${ACCOUNT}, nobody-else]`;
    await fixture.apply(
      `${sshTargetManifest('host', { hostKey: host.hostKeys[0] ?? '', credential, logins })}---${policyManifest('host', 'sshers', 'host', '{ name: commands, allow: { actions: [ssh.exec] } }')}`,
    );
    token = await fixture.tokenOf('sue', ['sshers']);
  });

  afterAll(async () => {
    await careless.stop();
    await host.stop();
    await fixture[Symbol.asyncDispose]();
  });

  /** Runs ssh with a key and a certificate, as the account. */
  function ssh({ port, hostKeys }: SshServer, key: string, certificate: Uint8Array) {
    const line = `ssh-ed25519-cert-v01@openssh.com ${Buffer.from(certificate).toString('base64')}\n`;
    copyFileSync(keys.path(key), keys.path('used'));
    writeFileSync(keys.path('used-cert.pub'), line);
    writeFileSync(keys.path('hosts'), `[127.0.0.1]:${String(port)} ${hostKeys[0] ?? ''}\n`);
    const settings = [
      `UserKnownHostsFile=${keys.path('hosts')}`,
      `CertificateFile=${keys.path('used-cert.pub')}`,
      'IdentitiesOnly=yes',
      'BatchMode=yes',
    ].flatMap((setting) => ['-o', setting]);
    const words = [
      '-F',
      'none',
      '-i',
      keys.path('used'),
      ...settings,
      '-p',
      String(port),
      `${ACCOUNT}@127.0.0.1`,
    ];
    const { status, stdout, stderr } = spawnSync('ssh', [...words, 'echo inside'], { encoding: 'utf8' });
    return { status, stdout, stderr };
  }

  async function sessionCertificate(login = ''): Promise<Uint8Array> {
    const upstreamPublicKey = Buffer.from(keys.blob('session')).subarray(-32);
    const input = sessionInput(token, 'host', { protocol: 'ssh', upstreamPublicKey, login });
    const { upstream } = await proxy.openSession(input);
    if (upstream.credential.case !== 'sshCertificate') throw new Error('no certificate');
    return upstream.credential.value.certificate;
  }

  it('lets a session in, and logs whose it is', async () => {
    const { status, stdout } = ssh(host, 'session', await sessionCertificate());
    expect([status, stdout]).toEqual([0, 'inside\n']);
    await eventually('the log', () => /ID "?sallyport ses_\w+ prn_\w+ sue/.test(host.output()));
  });

  it('lets nobody in as another account than the one that the session is for', async () => {
    expect(ssh(host, 'session', await sessionCertificate('nobody-else'))).toMatchObject({
      status: 255,
      stderr: expect.stringContaining('Permission denied'),
    });
  });

  it("lets nobody in with a caller's certificate, even where it trusts the wrong CA", async () => {
    const client = fixture.admin(SshCertificateService, token);
    const { certificate } = await client.issueUserCertificate({ publicKey: keys.blob('caller') });
    const blob = Buffer.from(certificate.split(' ')[1] ?? '', 'base64');
    for (const server of [host, careless]) {
      expect(ssh(server, 'caller', blob)).toMatchObject({
        status: 255,
        stderr: expect.stringContaining('Permission denied'),
      });
    }
    await eventually('the log', () => careless.output().includes('name is not a listed principal'));
  });
});
