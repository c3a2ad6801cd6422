import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionState } from '@sallyport/contracts/admin';
import {
  eventually,
  freePort,
  startPostgres,
  temporaryDirectory,
  type PostgresServer,
  type TemporaryDirectory,
} from '@sallyport/testing';
import { Fixture } from './support/fixture.ts';
import { policyManifest, READS, targetManifest } from './support/manifests.ts';
import { sessionInput } from './suites/opening-sessions.ts';

describe('a database that goes away and comes back', () => {
  let directory: TemporaryDirectory;
  let postgres: PostgresServer;
  let fixture: Fixture;
  let port: number;

  beforeAll(async () => {
    directory = temporaryDirectory('outage');
    port = await freePort();
    postgres = await startPostgres({ directory: directory.join('pg'), port });
    fixture = await Fixture.start({ databaseUrl: postgres.connectionString() });
  });

  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
    await postgres.stop();
    directory.remove();
  });

  it('makes views stale, since nothing may be decided that cannot be known, and loses no session', async () => {
    await fixture.apply(
      `${targetManifest('out-shop')}---${policyManifest('out-policy', 'outs', 'out-shop', READS)}`,
    );
    const proxy = await fixture.proxy('outsider', { maxStalenessMs: 3_000 });
    await eventually('the order stream', () => proxy.connected);
    const token = await fixture.tokenOf('otto', ['outs']);
    const session = await proxy.openSession(sessionInput(token, 'out-shop'));

    await postgres.kill();
    await eventually('the view is stale', () => !session.isViewFresh(Date.now()));
    await expect(proxy.openSession(sessionInput(token, 'out-shop'))).rejects.toMatchObject({
      code: 'control_plane_unavailable',
    });
    const ready = await fetch(`http://127.0.0.1:${String(fixture.controlPlane.opsPort)}/readyz`);
    expect(ready.status).toBe(503);

    // Longer than after which a silent proxy has lost its sessions.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    postgres = await startPostgres({ directory: directory.join('pg'), port });
    await eventually('the view is fresh again', () => session.isViewFresh(Date.now()), { timeoutMs: 30_000 });
    await eventually('a session can be opened', () =>
      proxy.openSession(sessionInput(token, 'out-shop')).catch(() => undefined),
    );
    const { history } = await fixture.asAdmin();
    const { session: shown } = await history.getSession({ sessionId: session.id });
    expect(shown?.state).toBe(SessionState.OPEN);
  });
});
