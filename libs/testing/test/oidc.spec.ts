import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import {
  logInAsAgent,
  logInWithDevice,
  startOidcProvider,
  temporaryDirectory,
  type OidcProvider,
} from '../src/index.ts';

let provider: OidcProvider;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.stop());

/** The claims of a JWT whose signature is that of the provider's published key. */
async function verified(token: string): Promise<Record<string, unknown>> {
  const discovery = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  const jwks: { keys: JsonWebKey[] } = (await (await fetch(discovery.jwks_uri)).json()) as {
    keys: JsonWebKey[];
  };
  const [header = '', payload = '', signature = ''] = token.split('.');
  const key = createPublicKey({ key: jwks.keys[0]!, format: 'jwk' });
  const genuine = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  expect(genuine).toBe(true);
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

describe('startOidcProvider', () => {
  it.each([
    ['ada', ['platform']],
    ['dan', ['dba']],
    ['eve', ['analysts']],
  ])('logs %s in through the device flow, with groups %j in a signed token', async (name, groups) => {
    const tokens = await logInWithDevice(provider.issuer, provider.deviceClientId, name);
    expect(await verified(tokens.accessToken)).toMatchObject({
      iss: provider.issuer,
      aud: 'sallyport',
      sub: name,
      preferred_username: name,
      groups,
    });
    expect(await verified(tokens.idToken ?? '')).toMatchObject({ sub: name, aud: 'sallyport-cli', groups });
  });

  it('logs an agent in with its secret, and not with another', async () => {
    const agent = provider.agents[0]!;
    const { accessToken } = await logInAsAgent(provider.issuer, agent);
    expect(await verified(accessToken)).toMatchObject({
      sub: 'shop-agent',
      aud: 'sallyport',
      groups: ['agents'],
    });
    await expect(logInAsAgent(provider.issuer, { ...agent, clientSecret: 'wrong' })).rejects.toThrow(/401/);
  });

  it('does not know strangers', async () => {
    await expect(logInWithDevice(provider.issuer, provider.deviceClientId, 'mallory')).rejects.toThrow(/400/);
  });

  it('keeps its key from one start to the next when told to', async () => {
    using directory = temporaryDirectory();
    const keys = async () => {
      await using one = await startOidcProvider({ keyFile: directory.join('key.json') });
      return await (await fetch(`${one.issuer}/jwks`)).text();
    };
    expect(await keys()).toBe(await keys());
  });
});
