import { fromBinary } from '@bufbuild/protobuf';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SessionCertificateBodySchema } from '@sallyport/contracts/event';
import type { ControlPlaneClient, OpenSessionInput } from '@sallyport/control-plane-client';
import { nodeCrypto, verifySessionCertificate } from '@sallyport/recording-format';
import { eventually } from '@sallyport/testing';
import { TARGET_PASSWORD, type Fixture } from '../support/fixture.ts';
import { policyManifest, READS, targetManifest } from '../support/manifests.ts';

export function sessionInput(
  token: string,
  targetName: string,
  over: Partial<OpenSessionInput> = {},
): OpenSessionInput {
  return {
    protocol: 'postgres',
    targetName,
    credential: { kind: 'token', token },
    clientAddress: '192.0.2.7:5000',
    clientName: 'psql',
    sessionPublicKey: new Uint8Array(32).fill(7),
    ...over,
  };
}

export function openingSessionsSuite(fixture: () => Fixture): void {
  describe('opening a session', () => {
    let proxy: ControlPlaneClient;
    let token: string;

    beforeAll(async () => {
      await fixture().apply(targetManifest('open-shop', { labels: '{ env: test }' }));
      await fixture().apply(targetManifest('open-forbidden'));
      await fixture().apply(policyManifest('open-policy', 'openers', 'open-shop', READS));
      proxy = await fixture().proxy();
      token = await fixture().tokenOf('olga', ['openers']);
    });

    it('gives the proxy the credential, the view and a certificate of the session key', async () => {
      const session = await proxy.openSession(sessionInput(token, 'open-shop'));
      expect(session.upstream).toMatchObject({
        host: '10.0.0.5',
        port: 5432,
        credential: { case: 'password', value: { username: 'app', password: TARGET_PASSWORD } },
        parameters: { database: 'shop' },
      });
      expect(session.principal).toMatchObject({ name: 'olga', groups: ['openers'] });
      expect(session.target).toMatchObject({
        name: 'open-shop',
        protocol: 'postgres',
        labels: { env: 'test' },
      });
      expect(session.view.policies.map(({ name }) => name)).toEqual(['open-policy']);
      expect(session.isViewFresh(Date.now())).toBe(true);
      const body = await verifySessionCertificate(session.certificate, proxy.recordingPublicKey, nodeCrypto);
      expect(body).toEqual(fromBinary(SessionCertificateBodySchema, session.certificate.body));
      expect(body).toMatchObject({
        sessionId: session.id,
        principalId: session.principal.id,
        targetName: 'open-shop',
        sessionPublicKey: new Uint8Array(32).fill(7),
      });
      await proxy.closeSession(session.id, 'client_closed');
    });

    it('answers alike to an absent target, a forbidden one, one of another protocol and one outside the token', async () => {
      const narrowed = await fixture().tokenOf('olga', ['openers'], { resource: 'open-other' });
      const refusals = [
        proxy.openSession(sessionInput(token, 'open-absent')),
        proxy.openSession(sessionInput(token, 'open-forbidden')),
        proxy.openSession(sessionInput(token, 'open-shop', { protocol: 'mysql' })),
        proxy.openSession(sessionInput(narrowed, 'open-shop')),
        proxy.openSession(sessionInput(token, "x'; DROP TABLE session; --")),
        proxy.openSession(sessionInput(token, '')),
      ];
      const errors = (await Promise.allSettled(refusals)).map((outcome) =>
        outcome.status === 'rejected' ? String(outcome.reason) : 'opened',
      );
      expect(new Set(errors)).toEqual(
        new Set(['AccessError: target_not_available: There is no such target, or it is not open to you.']),
      );
    });

    it('takes as long for an absent target as for a forbidden one', async () => {
      const times = { 'open-absent': [] as number[], 'open-forbidden': [] as number[] };
      for (let round = 0; round < 60; round += 1) {
        for (const name of ['open-absent', 'open-forbidden'] as const) {
          const startedAtMs = performance.now();
          await proxy.openSession(sessionInput(token, name)).catch(() => undefined);
          times[name].push(performance.now() - startedAtMs);
        }
      }
      const median = (values: number[]) => values.sort((a, b) => a - b)[values.length / 2] ?? 0;
      const ratio = median(times['open-absent']) / median(times['open-forbidden']);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    });

    it('says what is wrong with the token', async () => {
      await expect(proxy.openSession(sessionInput('', 'open-shop'))).rejects.toMatchObject({
        code: 'token_missing',
      });
      await expect(proxy.openSession(sessionInput('hunter2', 'open-shop'))).rejects.toMatchObject({
        code: 'token_invalid',
      });
      await expect(
        proxy.openSession(sessionInput(`${token.slice(0, -1)}_`, 'open-shop')),
      ).rejects.toMatchObject({ code: 'token_invalid' });
      const short = await fixture().tokenOf('olga', ['openers'], { requested_lifetime: '1' });
      const refusal = () =>
        proxy.openSession(sessionInput(short, 'open-shop')).then(
          () => undefined,
          (error: unknown) => error,
        );
      expect(await eventually('the token expires', refusal)).toMatchObject({ code: 'token_expired' });
    });

    it('carries the scope of a narrowed token in the view', async () => {
      const narrowed = await fixture().tokenOf('olga', ['openers'], {
        scope: 'sql.read',
        resource: 'open-shop',
      });
      const session = await proxy.openSession(sessionInput(narrowed, 'open-shop'));
      expect(session.view.scope?.actions).toEqual(['sql.read']);
    });

    it('refuses a session key of the wrong size', async () => {
      await expect(
        proxy.openSession(sessionInput(token, 'open-shop', { sessionPublicKey: new Uint8Array(31) })),
      ).rejects.toMatchObject({ code: 'protocol_violation' });
    });

    it('lists to a caller what it can open, with the address, and nothing else', async () => {
      const { access } = await fixture().as(token);
      const { targets } = await access.listTargets({});
      expect(targets).toMatchObject([{ target: { name: 'open-shop' }, endpoint: '127.0.0.1:15432' }]);
    });
  });
}
