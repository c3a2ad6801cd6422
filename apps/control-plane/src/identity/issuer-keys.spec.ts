import { beforeEach, describe, expect, it } from '@jest/globals';
import { IssuerKeys } from './issuer-keys.ts';

const ISSUER = 'https://idp.example';
const MINUTE = 60_000;

describe('IssuerKeys', () => {
  let nowMs: number;
  let fetched: string[];
  let answer: (url: string) => unknown;
  let keys: IssuerKeys;

  const good = (url: string): unknown =>
    url.endsWith('openid-configuration')
      ? { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }
      : { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'a' }] };

  beforeEach(() => {
    nowMs = 1_000_000;
    fetched = [];
    answer = good;
    keys = new IssuerKeys(
      () => nowMs,
      (url) => {
        fetched.push(url);
        return Promise.resolve().then(() => answer(url));
      },
    );
  });

  it('asks the discovery document where the keys are, and keeps them for ten minutes', async () => {
    await Promise.all([keys.keysOf(ISSUER), keys.keysOf(ISSUER)]);
    nowMs += 9 * MINUTE;
    await keys.keysOf(ISSUER);
    expect(fetched).toEqual([`${ISSUER}/.well-known/openid-configuration`, `${ISSUER}/jwks`]);
    nowMs += 2 * MINUTE;
    await keys.keysOf(ISSUER);
    expect(fetched).toHaveLength(4);
  });

  it('goes on with what it has for an hour while the provider is away, and not longer', async () => {
    const first = await keys.keysOf(ISSUER);
    answer = () => {
      throw new Error('away');
    };
    nowMs += 59 * MINUTE;
    expect(await keys.keysOf(ISSUER)).toBe(first);
    nowMs += 2 * MINUTE;
    await expect(keys.keysOf(ISSUER)).rejects.toThrow('away');
  });

  it('fetches again for a key that it does not know, but not each time: made-up keys flood nobody', async () => {
    await keys.keysOf(ISSUER);
    expect(await keys.rotatedKeysOf(ISSUER)).toBeUndefined();
    nowMs += 11_000;
    expect(await keys.rotatedKeysOf(ISSUER)).toBeDefined();
    for (let index = 0; index < 100; index += 1) expect(await keys.rotatedKeysOf(ISSUER)).toBeUndefined();
    expect(fetched).toHaveLength(4);
  });

  it.each([
    ['names another issuer', { issuer: 'https://evil.example', jwks_uri: `${ISSUER}/jwks` }],
    ['names keys at a forbidden address', { issuer: ISSUER, jwks_uri: 'http://169.254.169.254/keys' }],
    ['names no keys', { issuer: ISSUER }],
    ['is no object', 'hello'],
  ])('trusts no discovery document that %s', async (_what, document) => {
    answer = (url) => (url.endsWith('openid-configuration') ? document : good(url));
    await expect(keys.keysOf(ISSUER)).rejects.toThrow();
    expect(fetched).toHaveLength(1);
  });

  it('never takes a shared secret for a key', async () => {
    answer = (url) =>
      url.endsWith('openid-configuration')
        ? good(url)
        : { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a', alg: 'HS256' }] };
    const set = await keys.keysOf(ISSUER);
    await expect(set({ alg: 'HS256', kid: 'a' }, { payload: '', signature: '' })).rejects.toThrow();
  });
});
