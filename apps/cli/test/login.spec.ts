import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import {
  approveDeviceLogin,
  eventually,
  startOidcProvider,
  temporaryDirectory,
  type OidcProvider,
  type TemporaryDirectory,
} from '@sallyport/testing';
import { run } from '../src/run.ts';
import { capturedWorld, type CapturedWorld } from './support/captured-world.ts';
import { startFakeControlPlane, type FakeControlPlane } from './support/fake-control-plane.ts';

let provider: OidcProvider;

beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.stop());

interface Exchange {
  readonly claims: { readonly sub: string; readonly aud: unknown };
  readonly type: string | null;
  readonly resource: readonly string[];
  readonly scope: string | null;
  readonly lifetime: string | null;
}

/** A control plane that trusts the provider and issues tokens numbered from 1, which live for `lifetime` seconds. */
async function startControlPlane(exchanges: Exchange[], lifetime = 3600): Promise<FakeControlPlane> {
  return startFakeControlPlane({
    exchange: (form) => {
      const payload = (form.get('subject_token') ?? '').split('.')[1] ?? '';
      exchanges.push({
        claims: JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}'),
        type: form.get('subject_token_type'),
        resource: form.getAll('resource'),
        scope: form.get('scope'),
        lifetime: form.get('requested_lifetime'),
      });
      if (form.get('resource')?.endsWith('refused') === true) {
        return { status: 400, body: { error: 'invalid_target', error_description: 'no such target' } };
      }
      return {
        status: 200,
        body: {
          access_token: `spt_${exchanges.length}`,
          token_type: 'Bearer',
          expires_in: Number(form.get('requested_lifetime') ?? lifetime),
        },
      };
    },
    tokens: {
      getLoginOptions: () => ({
        options: [
          {
            name: 'demo',
            issuer: provider.issuer,
            deviceClientId: provider.deviceClientId,
            audience: provider.audience,
            scopes: ['openid', 'profile', 'email', 'groups'],
          },
        ],
      }),
      whoAmI: () => ({ principal: { id: 'prn_1', name: 'dan' }, token: { tokenId: 'tok_1' } }),
      revokeToken: () => ({}),
    },
  });
}

function worldAt(directory: TemporaryDirectory, url: string): CapturedWorld {
  return capturedWorld({ env: { SALLYPORT_CONFIG_DIR: directory.path, SALLYPORT_URL: url } });
}

describe('login', () => {
  it('logs a person in through the browser, stores the token for nobody else, renews it, and logs out', async () => {
    using directory = temporaryDirectory();
    const exchanges: Exchange[] = [];
    // Tokens that live for less than a minute are renewed at each use.
    await using server = await startControlPlane(exchanges, 50);
    const world = worldAt(directory, server.url);
    const login = run(['login', '--json'], world);
    await eventually('a prompt', () => world.err().includes('Waiting for you'));
    const url = /Open (\S+)/.exec(world.err())?.[1] ?? '';
    await approveDeviceLogin(url, 'dan');
    expect(await login).toBe(0);
    expect(JSON.parse(world.out())).toMatchObject({ url: server.url, principal: 'dan' });
    expect(exchanges[0]).toMatchObject({ claims: { sub: 'dan' }, resource: [], scope: null });
    const file = directory.join('logins.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('spt_1');
    expect(world.out() + world.err()).not.toContain('spt_');

    const renewal = worldAt(directory, server.url);
    expect(await run(['token'], renewal)).toBe(0);
    expect(renewal.out()).toBe('spt_2\n');
    expect(exchanges[1]?.claims.sub).toBe('dan');

    const narrowed = worldAt(directory, server.url);
    expect(await run(['token', '--target', 'shop', '--action', 'sql.read', '--ttl', '15m'], narrowed)).toBe(
      0,
    );
    expect(narrowed.out()).toBe('spt_3\n');
    expect(exchanges[2]).toMatchObject({
      resource: ['urn:sallyport:target:shop'],
      scope: 'sql.read',
      lifetime: '900',
    });

    const refused = worldAt(directory, server.url);
    expect(await run(['token', '--target', 'refused'], refused)).toBe(2);
    const afterwards = worldAt(directory, server.url);
    expect(await run(['token'], afterwards)).toBe(0);
    expect(afterwards.out()).toBe('spt_5\n');

    const logout = worldAt(directory, server.url);
    expect(await run(['logout', '--json'], logout)).toBe(0);
    expect(JSON.parse(logout.out())).toEqual({ url: server.url, loggedOut: true, revoked: true });
    expect(readFileSync(file, 'utf8')).not.toContain('spt_');
    expect(await run(['token'], worldAt(directory, server.url))).toBe(3);
  }, 30_000);

  it('logs a program in with its client credentials, and keeps no secret', async () => {
    using directory = temporaryDirectory();
    const exchanges: Exchange[] = [];
    await using server = await startControlPlane(exchanges, 50);
    const [agent] = provider.agents;
    writeFileSync(directory.join('secret'), `${agent?.clientSecret ?? ''}\n`);
    const world = worldAt(directory, server.url);
    const words = [
      'login',
      '--client-id',
      agent?.clientId ?? '',
      '--client-secret-file',
      directory.join('secret'),
    ];
    expect(await run(words, world)).toBe(0);
    expect(exchanges[0]).toMatchObject({
      claims: { sub: agent?.clientId, aud: provider.audience },
      type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    expect(readFileSync(directory.join('logins.json'), 'utf8')).not.toContain(agent?.clientSecret);
    const again = worldAt(directory, server.url);
    expect(await run(['token'], again)).toBe(0);
    expect(again.out()).toBe('spt_2\n');
  });

  it('says that a secret is wrong: 3', async () => {
    using directory = temporaryDirectory();
    await using server = await startControlPlane([]);
    writeFileSync(directory.join('secret'), 'wrong');
    const world = worldAt(directory, server.url);
    const words = [
      'login',
      '--client-id',
      provider.agents[0]?.clientId ?? '',
      '--client-secret-file',
      directory.join('secret'),
    ];
    expect(await run(words, world)).toBe(3);
    expect(world.err()).toContain(`The identity provider ${provider.issuer} refused the login.`);
    expect(world.err()).not.toContain('wrong');
  });

  it('logs in with a JWT from a file, and reads the file again to renew', async () => {
    using directory = temporaryDirectory();
    const exchanges: Exchange[] = [];
    await using server = await startControlPlane(exchanges, 50);
    const jwt = (sub: string) => `e30.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.x`;
    writeFileSync(directory.join('jwt'), jwt('build-1'));
    expect(
      await run(['login', '--identity-token-file', directory.join('jwt')], worldAt(directory, server.url)),
    ).toBe(0);
    writeFileSync(directory.join('jwt'), jwt('build-2'));
    expect(await run(['token'], worldAt(directory, server.url))).toBe(0);
    expect(exchanges.map(({ claims, type }) => [claims.sub, type])).toEqual([
      ['build-1', 'urn:ietf:params:oauth:token-type:jwt'],
      ['build-2', 'urn:ietf:params:oauth:token-type:jwt'],
    ]);
  });

  it('says what the control plane has against an identity', async () => {
    using directory = temporaryDirectory();
    await using server = await startFakeControlPlane({
      exchange: () => ({
        status: 400,
        body: { error: 'invalid_grant', error_description: 'the subject token was refused: it has expired' },
      }),
    });
    writeFileSync(directory.join('jwt'), 'a.b.c');
    const world = worldAt(directory, server.url);
    expect(await run(['login', '--identity-token-file', directory.join('jwt')], world)).toBe(3);
    expect(world.err()).toContain('why: the subject token was refused: it has expired');
  });

  it('says that no identity provider answers: 5', async () => {
    using directory = temporaryDirectory();
    await using server = await startFakeControlPlane({
      tokens: {
        getLoginOptions: () => ({
          options: [
            { name: 'gone', issuer: 'http://127.0.0.1:1', deviceClientId: 'cli', audience: 'sallyport' },
          ],
        }),
      },
    });
    const world = worldAt(directory, server.url);
    expect(await run(['login'], world)).toBe(5);
    expect(world.err()).toContain('The identity provider http://127.0.0.1:1 does not answer');
  });

  it('asks which issuer where there are several', async () => {
    using directory = temporaryDirectory();
    const option = { issuer: provider.issuer, deviceClientId: 'cli', audience: 'x' };
    await using server = await startFakeControlPlane({
      tokens: {
        getLoginOptions: () => ({
          options: [
            { name: 'one', ...option },
            { name: 'two', ...option },
          ],
        }),
      },
    });
    const world = worldAt(directory, server.url);
    expect(await run(['login'], world)).toBe(2);
    expect(world.err()).toContain('--issuer: one, two');
  });

  it('belongs to one control plane: its token goes to no other', async () => {
    using directory = temporaryDirectory();
    await using server = await startControlPlane([]);
    await using other = await startControlPlane([]);
    writeFileSync(directory.join('jwt'), 'e30.e30.x');
    expect(
      await run(['login', '--identity-token-file', directory.join('jwt')], worldAt(directory, server.url)),
    ).toBe(0);
    expect(await run(['whoami'], worldAt(directory, other.url))).toBe(3);
    expect(other.requests).toEqual([]);
  });
});
