import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SshCertificateService } from '@sallyport/contracts/admin';
import { RecorderClient } from '@sallyport/control-plane-client';
import { eventually, freePort, temporaryDirectory, type TemporaryDirectory } from '@sallyport/testing';
import { ended } from './support/ended.ts';
import { Fixture } from './support/fixture.ts';
import { policyManifest, READS, targetManifest } from './support/manifests.ts';
import { TestIssuer } from './support/test-issuer.ts';
import { sessionInput } from './suites/opening-sessions.ts';

describe('a control plane that restarts', () => {
  let issuer: TestIssuer;
  let directory: TemporaryDirectory;
  let config: Record<string, unknown>;
  let fixture: Fixture;

  const start = () => Fixture.start({ issuer, directory, config });

  beforeAll(async () => {
    issuer = await TestIssuer.start();
    directory = temporaryDirectory('restart');
    config = {
      database: { directory: directory.join('database') },
      admin: { port: await freePort() },
      dataPlane: { port: await freePort() },
      bootstrapJoinTokens: [{ kind: 'recorder', file: directory.join('recorder-token') }],
    };
    fixture = await start();
  });

  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
    directory.remove();
  });

  it('is found again by its clients on the same port, with their sessions', async () => {
    await fixture.apply(
      `${targetManifest('re-shop')}---${policyManifest('re-policy', 'res', 're-shop', READS)}`,
    );
    const proxy = await fixture.proxy('restarted', { maxStalenessMs: 3_000 });
    await eventually('the order stream', () => proxy.connected);
    const token = await fixture.tokenOf('rosa', ['res']);
    const [session, other] = [
      await proxy.openSession(sessionInput(token, 're-shop')),
      await proxy.openSession(sessionInput(token, 're-shop')),
    ];
    await fixture.stop();
    await expect(proxy.openSession(sessionInput(token, 're-shop'))).rejects.toMatchObject({
      code: 'control_plane_unavailable',
    });
    await eventually('the view is stale', () => !session.isViewFresh(Date.now()));
    fixture = await start();
    await eventually('the view is fresh again', () => session.isViewFresh(Date.now()));
    await expect(proxy.openSession(sessionInput(token, 're-shop'))).resolves.toBeDefined();
    const end = ended(other);
    await (await fixture.asAdmin()).history.endSession({ sessionId: other.id });
    expect((await end).code).toBe('session_ended_by_admin');
    await eventually('the other goes on', () => session.isViewFresh(Date.now()));
    await proxy.close();
  });

  it('keeps the SSH CAs, and brings back none that was retired', async () => {
    const keysOf = async () => {
      const client = fixture.admin(SshCertificateService, await fixture.tokenOf('olga'));
      return (await client.getSshOptions({})).userCertificateAuthorities;
    };
    const admin = fixture.admin(SshCertificateService, await fixture.adminToken());
    await admin.rotateSshAuthority({ authority: 1, signsAfter: { seconds: 0n } });
    await admin.retireSshAuthority({ authority: 1 });
    const before = await keysOf();
    expect(before).toHaveLength(1);
    await fixture.stop();
    fixture = await start();
    expect(await keysOf()).toEqual(before);
  });

  it('keeps its keys and what admins changed, and writes fresh join tokens that only the owner can read', async () => {
    const { caFingerprint } = fixture.controlPlane;
    const { resources } = await fixture.asAdmin();
    await resources.deleteResource({ kind: 'Role', name: 'administrators' });
    const file = directory.join('recorder-token');
    const earlier = readFileSync(file, 'utf8');
    await fixture.stop();
    fixture = await start();
    expect(fixture.controlPlane.caFingerprint).toBe(caFingerprint);
    const { tokens } = await fixture.asAdmin();
    expect((await tokens.whoAmI({})).permissions).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toBe(earlier);
    const { readJoinTokenFile } = await import('@sallyport/control-plane-client');
    const recorder = await RecorderClient.connect({
      address: fixture.dataPlaneAddress,
      componentId: 're-recorder',
      stateDirectory: directory.join('re-recorder'),
      join: readJoinTokenFile(file),
      logger: fixture.logger,
    });
    expect(await recorder.listLostSessions()).toEqual([]);
    recorder.close();
  });

  it('refuses a second process on its database directory', async () => {
    await expect(
      Fixture.start({ issuer, directory, config: { ...config, admin: { port: 0 }, dataPlane: { port: 0 } } }),
    ).rejects.toThrow(/in use by another control plane/);
  });

  it('does not start with another master key, and moves to a new one when both are given', async () => {
    await fixture.stop();
    const old = directory.join('old.key');
    copyFileSync(directory.join('master.key'), old);
    writeFileSync(directory.join('master.key'), Buffer.alloc(32, 9).toString('base64'));
    await expect(start()).rejects.toThrow(/master key that is not configured/);
    const masterKey = { file: directory.join('master.key') };
    const rotating = await Fixture.start({
      issuer,
      directory,
      config: { ...config, masterKey: { ...masterKey, previousFiles: [old] } },
    });
    await rotating.stop();
    fixture = await start();
    expect(fixture.logLines.join('')).toContain('control plane serves');
  });

  it('does not start on a bootstrap manifest that is wrong, and says where', async () => {
    await fixture.stop();
    const file = directory.join('wrong.yaml');
    writeFileSync(
      file,
      'apiVersion: sallyport.dev/v1\nkind: Role\nmetadata: { name: x }\nspec: { subjects: [], permissions: [fly] }\n',
    );
    await expect(
      Fixture.start({ issuer, directory, config: { ...config, bootstrapManifests: [file] } }),
    ).rejects.toThrow(/wrong\.yaml:4:\d+: spec\.permissions/);
    fixture = await start();
  });
});
