import { describe, expect, it } from '@jest/globals';
import { TokenService } from '@sallyport/contracts/admin';
import { generateKeyPair, SignJWT } from 'jose';
import { exchangeForm, type Fixture } from '../support/fixture.ts';
import { TestIssuer } from '../support/test-issuer.ts';

export function tokenExchangeSuite(fixture: () => Fixture): void {
  describe('the token exchange', () => {
    it('trades an identity token for a Sallyport token of the same principal', async () => {
      const { status, body } = await fixture().exchange({
        sub: 'u-1',
        preferred_username: 'una',
        groups: ['analysts'],
        email: 'una@example.com',
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        expires_in: 3600,
      });
      const { principal, permissions } = await fixture()
        .admin(TokenService, String(body['access_token']))
        .whoAmI({});
      expect(principal).toMatchObject({
        name: 'una',
        subject: 'u-1',
        issuer: fixture().issuer.url,
        groups: ['analysts'],
        claims: { email: 'una@example.com' },
      });
      expect(permissions).toEqual([]);
    });

    it('takes a client that acts for itself for what the issuer says, with the groups it gives', async () => {
      const { body } = await fixture().exchange(
        { sub: 'robot', client_id: 'robot' },
        { subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
      );
      const { principal } = await fixture().admin(TokenService, String(body['access_token'])).whoAmI({});
      expect(principal).toMatchObject({ name: 'robot', kind: 3, groups: ['agents'] });
    });

    it('does not take a user whose claims name the client for the client', async () => {
      const { body } = await fixture().exchange({ sub: 'u-2', client_id: 'robot', azp: 'robot' });
      const { principal } = await fixture().admin(TokenService, String(body['access_token'])).whoAmI({});
      expect(principal).toMatchObject({ kind: 1, groups: [] });
    });

    it.each([
      ['another audience', { aud: 'somebody-else' }, {}],
      ['another issuer', { iss: 'https://idp.example' }, {}],
      ['an expired token', { exp: Math.floor(Date.now() / 1000) - 120 }, {}],
      ['a token that is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 120 }, {}],
      ['a token without an expiry', { exp: undefined }, {}],
      ['a token without a subject', { sub: undefined }, {}],
      ['a logout token', { events: {} }, {}],
      ['another type of JWT', {}, { typ: 'logout+jwt' }],
    ])('refuses %s', async (_what, claims, header) => {
      const token = await fixture().issuer.token({ sub: 'u', ...claims } as never, header);
      const { status, body } = await fixture().postToken(exchangeForm(token));
      expect([status, body['error']]).toEqual([400, 'invalid_grant']);
    });

    it('refuses tokens of another key, of the public key used as a secret, and without a signature', async () => {
      const { issuer } = fixture();
      const claims = {
        iss: issuer.url,
        aud: 'sallyport',
        sub: 'mallory',
        exp: Math.floor(Date.now() / 1000) + 300,
      };
      const { privateKey } = await generateKeyPair('ES256');
      const keySet = await (await fetch(`${issuer.url}/jwks`)).text();
      const forged = [
        await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'key-0' }).sign(privateKey),
        await new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'key-0' })
          .sign(Buffer.from(keySet)),
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
      ];
      for (const token of forged) {
        const { status, body } = await fixture().postToken(exchangeForm(token));
        expect([status, body['error']]).toEqual([400, 'invalid_grant']);
      }
    });

    it('never asks an issuer that no resource names', async () => {
      await using stranger = await TestIssuer.start();
      const { status } = await fixture().postToken(exchangeForm(await stranger.token({ sub: 'u' })));
      expect([status, stranger.requests]).toEqual([400, 0]);
    });

    it('narrows a token to targets and actions, and takes its admin rights away', async () => {
      const token = await fixture().tokenOf('ada', ['platform'], {
        scope: 'sql.read sql.ddl.*',
        resource: 'urn:sallyport:target:shop',
      });
      const { token: info, permissions } = await fixture().admin(TokenService, token).whoAmI({});
      expect(info).toMatchObject({ targets: ['shop'], actions: ['sql.read', 'sql.ddl.*'] });
      expect(permissions).toEqual([]);
    });

    it('bounds the lifetime that is asked for', async () => {
      expect((await fixture().exchange({ sub: 'u' }, { requested_lifetime: '60' })).body['expires_in']).toBe(
        60,
      );
      expect(
        (await fixture().exchange({ sub: 'u' }, { requested_lifetime: '99999999' })).body['expires_in'],
      ).toBe(43_200);
    });

    it.each([
      ['unsupported_grant_type', { grant_type: 'client_credentials' }],
      ['invalid_request', { subject_token: '' }],
      ['invalid_request', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }],
      ['invalid_request', { requested_lifetime: '-1' }],
      ['invalid_request', { actor_token: 'x' }],
      ['invalid_target', { resource: '../etc' }],
      ['invalid_scope', { scope: 'sql.*.read' }],
    ])('answers %s to %j', async (error, form) => {
      const { status, body } = await fixture().exchange({ sub: 'u' }, form);
      expect([status, body['error']]).toEqual([400, error]);
    });

    it('refuses a form in which a parameter is given twice', async () => {
      const form = new URLSearchParams(exchangeForm(await fixture().issuer.token({ sub: 'u' })));
      form.append('scope', 'sql.read');
      form.append('scope', 'sql.*');
      expect((await fixture().postToken(form)).body['error']).toBe('invalid_request');
    });

    it('refuses a body that is too large or of another type, and other methods', async () => {
      const url = `${fixture().adminUrl}/oauth/token`;
      const large = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ subject_token: 'x'.repeat(100_000) }),
      });
      const json = await fetch(url, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      });
      const get = await fetch(url);
      expect([large.status, json.status, get.status]).toEqual([413, 400, 405]);
      expect(json.headers.get('cache-control')).toBe('no-store');
    });

    it('refuses a principal that is locked', async () => {
      const { access, tokens } = await fixture().as(await fixture().adminToken());
      const { principal } = await fixture()
        .admin(TokenService, await fixture().tokenOf('lockme'))
        .whoAmI({});
      const { lock } = await access.createLock({ principalId: principal?.id ?? '', reason: 'test' });
      expect(tokens).toBeDefined();
      const { status, body } = await fixture().exchange({ sub: 'lockme' });
      expect([status, body['error'], body['error_description']]).toEqual([
        400,
        'invalid_grant',
        'access is locked',
      ]);
      await access.deleteLock({ lockId: lock?.lockId ?? '' });
      expect((await fixture().exchange({ sub: 'lockme' })).status).toBe(200);
    });
  });
}
