import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ControlPlaneClient, DeviceLoginRequest } from '@sallyport/control-plane-client';
import { approveDeviceLogin, eventually, startOidcProvider, type OidcProvider } from '@sallyport/testing';
import { Fixture } from './support/fixture.ts';
import { policyManifest, READS, targetManifest } from './support/manifests.ts';
import { sessionInput } from './suites/opening-sessions.ts';

const ADDRESS = '192.0.2.7:50022';

describe('a login by a link, with a real OpenID provider', () => {
  let provider: OidcProvider;
  let fixture: Fixture;
  let proxy: ControlPlaneClient;

  beforeAll(async () => {
    provider = await startOidcProvider();
    fixture = await Fixture.start();
    await fixture.apply(`
apiVersion: sallyport.dev/v1
kind: Issuer
metadata: { name: provider }
spec:
  url: ${provider.issuer}
  audience: [${provider.audience}, ${provider.deviceClientId}]
  deviceClientId: ${provider.deviceClientId}
  algorithms: [ES256]
---${targetManifest('dev-shop')}---${targetManifest('dev-other')}
---${policyManifest('dev-policy', 'dba', 'dev-shop', READS)}
---${policyManifest('dev-other', 'dba', 'dev-other', READS)}`);
    proxy = await fixture.proxy();
  });

  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
    await provider.stop();
  });

  const begin = (over: Partial<DeviceLoginRequest> = {}, signal = new AbortController().signal) =>
    proxy.beginDeviceLogin(
      { clientAddress: ADDRESS, targetName: 'dev-shop', issuer: 'provider', ...over },
      signal,
    );

  it('gives the door a token of who was there, for the one target and without admin rights', async () => {
    const { prompt, token: coming } = await begin({ clientAddress: '192.0.2.1:1' });
    expect(prompt.verificationUrl).toContain(provider.issuer);
    expect(prompt.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(600_000);
    await approveDeviceLogin(prompt.verificationUrl, 'dan');
    const token = await coming;
    fixture.secrets.add(token).add(prompt.userCode);
    const session = await proxy.openSession(sessionInput(token, 'dev-shop'));
    expect(session.principal).toMatchObject({ name: 'dan', groups: ['dba'] });
    await expect(proxy.openSession(sessionInput(token, 'dev-other'))).rejects.toMatchObject({
      code: 'target_not_available',
    });
    const { tokens } = await fixture.as(token);
    expect(await tokens.whoAmI({})).toMatchObject({ permissions: [], token: { targets: ['dev-shop'] } });
  });

  it('is over when the caller hangs up, and says nothing of it', async () => {
    const hangUp = new AbortController();
    const { token } = await begin({ clientAddress: '192.0.2.2:1' }, hangUp.signal);
    hangUp.abort(new Error('gone'));
    await expect(token).rejects.toThrow();
    await eventually('the end in the log', () =>
      fixture.logLines.some((line) => line.includes('device login ended') && line.includes('192.0.2.2')),
    );
  });

  it('is refused where it is not clear with whom, or with nobody', async () => {
    await expect(begin({ issuer: '', clientAddress: '192.0.2.3:1' })).rejects.toMatchObject({
      code: 'token_missing',
      publicMessage: expect.stringContaining('several'),
    });
    await expect(begin({ issuer: 'nobody', clientAddress: '192.0.2.3:1' })).rejects.toMatchObject({
      code: 'token_missing',
      publicMessage: expect.stringContaining('Nobody can log in'),
    });
  });

  it('is refused where the provider offers no such thing, without its answer', async () => {
    await expect(begin({ issuer: 'test', clientAddress: '192.0.2.4:1' })).rejects.toMatchObject({
      code: 'control_plane_unavailable',
    });
  });

  it.each(['', '../etc', 'a b', "x'; --"])(
    'is refused for "%s", which no target is called',
    async (targetName) => {
      await expect(begin({ targetName, clientAddress: '192.0.2.5:1' })).rejects.toMatchObject({
        code: 'target_not_available',
      });
    },
  );

  it('begins the same for a target that is there and one that is not', async () => {
    const hangUp = new AbortController();
    const { prompt } = await begin(
      { targetName: 'no-such-target', clientAddress: '192.0.2.5:2' },
      hangUp.signal,
    );
    expect(prompt.verificationUrl).toContain(provider.issuer);
    hangUp.abort(new Error('gone'));
  });

  it('is begun a few times at once from one address, by whatever port', async () => {
    const hangUp = new AbortController();
    for (let port = 1; port <= 5; port += 1)
      await begin({ clientAddress: `192.0.2.6:${String(port)}` }, hangUp.signal);
    await expect(begin({ clientAddress: '192.0.2.6:6' })).rejects.toMatchObject({
      code: 'too_many_connections',
    });
    hangUp.abort(new Error('gone'));
  });

  it('leaves neither codes nor tokens in the log', () => {
    const log = fixture.logLines.join('');
    for (const secret of fixture.secrets) expect(log).not.toContain(secret);
  });
});
