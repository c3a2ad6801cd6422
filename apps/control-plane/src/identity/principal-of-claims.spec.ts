import { describe, expect, it } from '@jest/globals';
import { PrincipalKind } from '@sallyport/contracts/access';
import { issuerSpec, toIssuer } from './issuer.ts';
import { principalId, principalOfClaims } from './principal-of-claims.ts';

function issuer(spec: Record<string, unknown> = {}) {
  return toIssuer('idp', issuerSpec.parse({ url: 'https://idp.example', audience: 'sallyport', ...spec }));
}

const principal = (claims: Record<string, unknown>, spec?: Record<string, unknown>) =>
  principalOfClaims({
    issuer: issuer(spec),
    subject: typeof claims['sub'] === 'string' ? claims['sub'] : 's',
    claims,
  });

describe('principalOfClaims', () => {
  it('has an id of issuer and subject together, so that no two can be made to collide', () => {
    expect(principalId('https://a', 'b')).not.toBe(principalId('https://ab', ''));
    expect(principalId('https://a', 'b')).toBe(principalId('https://a', 'b'));
    expect(principalId('https://a', 'b')).toMatch(/^prn_[0-9a-f]{32}$/);
  });

  it('is named by the first claim that names somebody, else by its subject', () => {
    expect(principal({ sub: 's', email: 'e@x', preferred_username: 'p' }).name).toBe('p');
    expect(principal({ sub: 's', preferred_username: '', email: 'e@x' }).name).toBe('e@x');
    expect(principal({ sub: 's', preferred_username: 7 }).name).toBe('s');
  });

  it('reads groups from the claim that the issuer names, as a list or one, and from no other', () => {
    expect(principal({ groups: ['a', 'b', 'a', 3] }).groups).toEqual(['a', 'b', '3']);
    expect(principal({ groups: 'solo' }).groups).toEqual(['solo']);
    expect(principal({ groups: ['a'], roles: ['r'] }, { claims: { groups: 'roles' } }).groups).toEqual(['r']);
    expect(principal({ groups: ['a'] }, { claims: { groups: '' } }).groups).toEqual([]);
  });

  it('takes a client for a workload by default, and for what a rule says', () => {
    expect(principal({ sub: 'ci', client_id: 'ci' }).kind).toBe(PrincipalKind.WORKLOAD);
    expect(principal({ sub: 'ci', azp: 'ci' }).kind).toBe(PrincipalKind.WORKLOAD);
    expect(principal({ sub: 'una', client_id: 'ci' }).kind).toBe(PrincipalKind.USER);
    const kinds = [
      { claim: 'roles=bot', kind: 'agent', groups: ['bots'] },
      { clientCredentials: true, kind: 'workload' },
    ];
    expect(principal({ sub: 'x', roles: ['bot'] }, { kinds })).toMatchObject({
      kind: PrincipalKind.AGENT,
      groups: ['bots'],
    });
    expect(principal({ sub: 'x', roles: 'robot' }, { kinds })).toMatchObject({
      kind: PrincipalKind.USER,
      groups: [],
    });
  });

  it('keeps claims for conditions, without those of the protocol, and none where there are too many', () => {
    const claims = {
      iss: 'i',
      aud: 'a',
      exp: 1,
      nonce: 'n',
      jti: 'j',
      at_hash: 'h',
      department: 'sales',
      sub: 's',
    };
    expect(principal(claims).claims).toEqual({ department: 'sales', sub: 's' });
    expect(principal({ ...claims, blob: 'x'.repeat(10_000) }).claims).toEqual({});
  });
});
