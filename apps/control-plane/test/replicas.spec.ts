import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StatementSchema } from '@sallyport/contracts/access';
import { SshCertificateService, Verdict } from '@sallyport/contracts/admin';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import { ControlPlaneClient } from '@sallyport/control-plane-client';
import { eventually, startPostgres, type PostgresServer } from '@sallyport/testing';
import { ended } from './support/ended.ts';
import { Fixture } from './support/fixture.ts';
import { holdRule, policyManifest, READS, targetManifest } from './support/manifests.ts';
import { sessionInput } from './suites/opening-sessions.ts';

async function sshAuthorities(fixture: Fixture) {
  const client = fixture.admin(SshCertificateService, await fixture.tokenOf('olga'));
  const options = await client.getSshOptions({});
  return {
    user: options.userCertificateAuthorities,
    host: options.hostCertificateAuthorities,
    upstream: options.upstreamCertificateAuthorities,
  };
}

describe('two replicas over one database', () => {
  let postgres: PostgresServer;
  let one: Fixture;
  let two: Fixture;

  beforeAll(async () => {
    postgres = await startPostgres();
    const databaseUrl = postgres.connectionString();
    one = await Fixture.start({ databaseUrl });
    two = await Fixture.start({ databaseUrl, issuer: one.issuer, directory: one.directory });
  });

  afterAll(async () => {
    await two[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
    await postgres.stop();
  });

  it('migrate and make their keys once, also when both start on an empty database at the same time', async () => {
    const server = await startPostgres();
    const databaseUrl = server.connectionString();
    const started = await Promise.all([
      Fixture.start({ databaseUrl, issuer: one.issuer, directory: one.directory }),
      Fixture.start({ databaseUrl, issuer: one.issuer, directory: one.directory }),
    ]);
    expect(started[0].controlPlane.caFingerprint).toBe(started[1].controlPlane.caFingerprint);
    const migrations = await server.query(
      'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL',
    );
    const names = migrations.map((row) => JSON.stringify(row));
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    const authorities = await Promise.all(started.map((fixture) => sshAuthorities(fixture)));
    expect(authorities[0]).toEqual(authorities[1]);
    await Promise.all(started.map((fixture) => fixture.stop()));
    await server.stop();
  });

  it('know in one at once what SSH CA the other has rotated and retired', async () => {
    const before = await sshAuthorities(two);
    const admin = one.admin(SshCertificateService, await one.adminToken());
    const { publicKey } = await admin.rotateSshAuthority({ authority: 1, signsAfter: { seconds: 0n } });
    expect((await sshAuthorities(two)).user).toEqual([publicKey, ...before.user]);
    await admin.retireSshAuthority({ authority: 1 });
    expect((await sshAuthorities(two)).user).toEqual([publicKey]);
  });

  it('feel in one what is changed in the other, within two seconds', async () => {
    await one.apply(
      `${targetManifest('rep-shop')}---${policyManifest('rep-policy', 'reps', 'rep-shop', READS)}`,
    );
    const proxy = await two.proxy();
    await eventually('the order stream', () => proxy.connected);
    const token = await one.tokenOf('rolf', ['reps']);
    const session = await proxy.openSession(sessionInput(token, 'rep-shop'));
    const end = ended(session);
    const { resources } = await one.asAdmin();
    await resources.deleteResource({ kind: 'Target', name: 'rep-shop' });
    const { code, afterMs } = await end;
    expect([code, afterMs < 2_000]).toEqual(['target_not_available', true]);
  });

  it('bring an approval given in one to who waits in the other', async () => {
    await one.apply(
      `${targetManifest('rep-hold')}---${policyManifest('rep-hold', 'reps', 'rep-hold', holdRule('dba'))}`,
    );
    const proxy = await two.proxy();
    const session = await proxy.openSession(sessionInput(await two.tokenOf('rolf', ['reps']), 'rep-hold'));
    const effects = [{ action: 'sql.delete', objects: [{ kind: 'table', name: 'public.orders' }] }];
    const statement = create(StatementSchema, {
      id: 's',
      kind: 'sql.simple',
      text: 'DELETE',
      effects,
      digest: new Uint8Array(32),
    });
    const decision = await proxy.decide(session.id, statement);
    const { holdId } = await proxy.createHold({ sessionId: session.id, statement, decision });
    const { reviews } = await one.as(await one.tokenOf('dan', ['dba']));
    const waiting = (async () => {
      for await (const { status } of proxy.watchHold(holdId, AbortSignal.timeout(5_000)))
        if (status !== HoldStatus.WAITING) return status;
      return undefined;
    })();
    await reviews.reviewHold({ holdId, verdict: Verdict.APPROVE });
    expect(await waiting).toBe(HoldStatus.APPROVED);
    const claim = {
      holdId,
      sessionId: session.id,
      digest: statement.digest,
      policyRevision: session.view.revision,
    };
    const other = await one.proxy();
    await expect(other.claimApproval(claim)).rejects.toMatchObject({ code: 'session_ended_by_admin' });
    await proxy.claimApproval(claim);
  });

  it('serve a component with the certificate that the other gave it', async () => {
    const options = await one.componentOptions('proxy', 'rover');
    await (await ControlPlaneClient.connect(options)).close();
    const moved = await ControlPlaneClient.connect({ ...options, address: two.dataPlaneAddress });
    await eventually('the order stream', () => moved.connected);
    await moved.close();
  });
});
