import { beforeAll, describe, expect, it } from '@jest/globals';
import { accessOf, METHOD_ACCESS } from '../../src/admin/method-access.ts';
import {
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  SshCertificateService,
  TokenService,
} from '@sallyport/contracts/admin';
import type { Fixture } from '../support/fixture.ts';

const SERVICES = [
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  SshCertificateService,
  TokenService,
];

export function adminApiSuite(fixture: () => Fixture): void {
  describe('the admin API', () => {
    let plain: string;

    beforeAll(async () => {
      plain = await fixture().tokenOf('plain');
    });

    function call(method: string, body = '{}', headers: Record<string, string> = {}): Promise<Response> {
      return fetch(`${fixture().adminUrl}/sallyport.admin.v1.${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    }

    it('answers JSON over HTTP/1.1 to anything that can send a header', async () => {
      const response = await call('TokenService/WhoAmI', '{}', { authorization: `Bearer ${plain}` });
      expect([response.status, await response.json()]).toEqual([
        200,
        expect.objectContaining({ principal: expect.objectContaining({ name: 'plain' }) }),
      ]);
    });

    it('answers every method but the public one with 401 where there is no token, or no good one', async () => {
      for (const service of SERVICES) {
        for (const method of service.methods) {
          // The protocol of a stream says so in its body, with status 200.
          if (method.methodKind !== 'unary') continue;
          const path = `${service.typeName.replace('sallyport.admin.v1.', '')}/${method.name}`;
          const status = (await call(path)).status;
          const forged = (await call(path, '{}', { authorization: 'Bearer spt_forged' })).status;
          expect([path, status, forged]).toEqual([
            path,
            ...(accessOf(service.typeName, method.localName) === 'public' ? [200, 200] : [401, 401]),
          ]);
        }
      }
    });

    it('answers every method that takes an admin right with 403 to who has none', async () => {
      for (const service of SERVICES) {
        for (const method of service.methods) {
          const access = accessOf(service.typeName, method.localName);
          if (access === undefined || ['public', 'anyone', 'person'].includes(access)) continue;
          const response = await call(
            `${service.typeName.replace('sallyport.admin.v1.', '')}/${method.name}`,
            '{}',
            { authorization: `Bearer ${plain}` },
          );
          expect([method.name, response.status]).toEqual([method.name, 403]);
        }
      }
    });

    it('has an entry for every method and no other', () => {
      const served = SERVICES.flatMap((service) =>
        service.methods.map((method) => `${service.typeName}/${method.localName}`),
      ).sort();
      const listed = Object.entries(METHOD_ACCESS)
        .flatMap(([service, methods]) => Object.keys(methods).map((method) => `${service}/${method}`))
        .sort();
      expect(listed).toEqual(served);
    });

    it('tells the code of a refusal where scripts look', async () => {
      const response = await call('TokenService/WhoAmI');
      expect(response.headers.get('sallyport-code')).toBe('token_missing');
      expect(await response.json()).toMatchObject({
        code: 'unauthenticated',
        message: expect.stringContaining('sallyport login'),
      });
    });

    it('gives pages of other origins nothing, and says so to browsers', async () => {
      const preflight = await fetch(`${fixture().adminUrl}/sallyport.admin.v1.TokenService/WhoAmI`, {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      });
      expect(preflight.ok).toBe(false);
      const answer = await call('TokenService/GetLoginOptions', '{}', { origin: 'https://evil.example' });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    });

    it('takes no form that a page could post without asking', async () => {
      const response = await call('TokenService/WhoAmI', '{}', {
        'content-type': 'text/plain',
        authorization: `Bearer ${plain}`,
      });
      expect(response.status).toBe(415);
    });

    it('refuses a request that is too large', async () => {
      const body = JSON.stringify({ manifest: 'x'.repeat(5 * 1024 * 1024) });
      const response = await call('ResourceService/Apply', body, {
        authorization: `Bearer ${await fixture().adminToken()}`,
      });
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        429,
        'resource_exhausted',
      ]);
    });

    it('shows to a client what it needs to log in, without a token', async () => {
      const { options } = await fixture().admin(TokenService, '').getLoginOptions({});
      expect(options).toMatchObject([
        {
          name: 'test',
          issuer: fixture().issuer.url,
          deviceClientId: 'sallyport-cli',
          audience: 'sallyport',
          scopes: ['openid', 'profile'],
        },
      ]);
    });

    it('lets a narrowed token revoke itself and no other', async () => {
      const narrowed = await fixture().tokenOf('plain', [], { scope: 'sql.read' });
      const { tokens } = await fixture().as(narrowed);
      const { token: own } = await tokens.whoAmI({});
      const { token: other } = await (await fixture().as(plain)).tokens.whoAmI({});
      await expect(tokens.revokeToken({ tokenId: other?.tokenId ?? '' })).rejects.toThrow(/itself only/);
      await tokens.revokeToken({ tokenId: own?.tokenId ?? '' });
      await expect(tokens.whoAmI({})).rejects.toThrow(/revoked/);
    });

    it('lists and revokes the tokens of others only to who may', async () => {
      const { tokens } = await fixture().as(plain);
      const own = (await tokens.listTokens({})).tokens;
      expect(new Set(own.map(({ principalName }) => principalName))).toEqual(new Set(['plain']));
      const everybody = (await (await fixture().asAdmin()).tokens.listTokens({})).tokens;
      const other = everybody.find(({ principalName }) => principalName === 'ada');
      await expect(tokens.revokeToken({ tokenId: other?.tokenId ?? '' })).rejects.toThrow(/no token/);
    });
  });
}
