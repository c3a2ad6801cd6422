import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrincipalKind } from '@sallyport/contracts/access';
import { logInAsAgent, logInWithDevice, startOidcProvider, type OidcProvider } from '@sallyport/testing';
import { exchangeForm, Fixture } from './support/fixture.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

describe('with a real OpenID provider', () => {
  let provider: OidcProvider;
  let fixture: Fixture;

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
  kinds: [{ clientCredentials: true, kind: agent }]
`);
  });

  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
    await provider.stop();
  });

  async function whoAmI(subjectToken: string, type: Record<string, string> = {}) {
    const { status, body } = await fixture.postToken(exchangeForm(subjectToken, type));
    expect([status, body['error_description']]).toEqual([200, undefined]);
    const { tokens } = await fixture.as(String(body['access_token']));
    return (await tokens.whoAmI({})).principal;
  }

  it('lets a person in who logged in with the device flow, by identity or access token: the same principal', async () => {
    const { accessToken, idToken = '' } = await logInWithDevice(
      provider.issuer,
      provider.deviceClientId,
      'dan',
    );
    const byAccessToken = await whoAmI(accessToken, { subject_token_type: ACCESS_TOKEN });
    expect(byAccessToken).toMatchObject({
      name: 'dan',
      kind: PrincipalKind.USER,
      groups: ['dba'],
      issuer: provider.issuer,
    });
    expect((await whoAmI(idToken))?.id).toBe(byAccessToken?.id);
  });

  it('lets an agent in with its client credentials, as an agent', async () => {
    const [agent] = provider.agents;
    if (agent === undefined) throw new Error('the provider has no agent');
    const { accessToken } = await logInAsAgent(provider.issuer, agent);
    expect(await whoAmI(accessToken, { subject_token_type: ACCESS_TOKEN })).toMatchObject({
      name: 'shop-agent',
      kind: PrincipalKind.AGENT,
      groups: ['agents'],
    });
  });

  it('does not take an access token for an identity token', async () => {
    const { accessToken } = await logInWithDevice(provider.issuer, provider.deviceClientId, 'eve');
    const { status, body } = await fixture.postToken(exchangeForm(accessToken));
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
  });
});

describe('an issuer that changes its keys or goes away', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await Fixture.start();
  });

  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
  });

  it('goes on being trusted with the keys that were fetched; with none, the answer is to try later', async () => {
    fixture.issuer.reachable = false;
    const unknown = await fixture.exchange({ sub: 'u' });
    expect([unknown.status, unknown.body['error']]).toEqual([503, 'temporarily_unavailable']);
    fixture.issuer.reachable = true;
    expect((await fixture.exchange({ sub: 'u' })).status).toBe(200);
    fixture.issuer.reachable = false;
    expect((await fixture.exchange({ sub: 'u' })).status).toBe(200);
    fixture.issuer.reachable = true;
  });
});
