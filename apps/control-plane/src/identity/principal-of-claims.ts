import { createHash } from 'node:crypto';
import { create, type JsonObject } from '@bufbuild/protobuf';
import { PrincipalSchema, type Principal } from '@sallyport/contracts/access';
import type { JWTPayload } from 'jose';
import { PRINCIPAL_KINDS } from './subject.ts';
import type { VerifiedIdentity } from './verify-identity-token.ts';

/** Claims of the protocol itself, which say nothing of who somebody is. */
const PROTOCOL_CLAIMS = new Set([
  'iss',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'sid',
  'auth_time',
  'cnf',
]);
const MAX_CLAIMS_BYTES = 8 * 1024;
const MAX_GROUPS = 500;

/** The principal that a verified token speaks for, mapped as its issuer says. */
export function principalOfClaims({ issuer, subject, claims }: VerifiedIdentity): Principal {
  const rule = issuer.kinds.find(
    ({ clientCredentials, claim }) =>
      (clientCredentials !== true || isClientItself(claims)) &&
      (claim === undefined || hasClaim(claims, claim)),
  );
  const name = issuer.claims.name
    .map((claim) => claims[claim])
    .find((value) => typeof value === 'string' && value !== '');
  const groups = new Set([...valuesOf(claims[issuer.claims.groups]), ...(rule?.groups ?? [])]);
  return create(PrincipalSchema, {
    id: principalId(issuer.url, subject),
    name: typeof name === 'string' ? name.slice(0, 255) : subject,
    kind: PRINCIPAL_KINDS[rule?.kind ?? 'user'],
    issuer: issuer.url,
    subject,
    groups: [...groups].slice(0, MAX_GROUPS),
    claims: policyClaims(claims),
  });
}

/** Stable for one issuer and subject, and telling of neither. */
export function principalId(issuerUrl: string, subject: string): string {
  return `prn_${createHash('sha256')
    .update(JSON.stringify([issuerUrl, subject]))
    .digest('hex')
    .slice(0, 32)}`;
}

/** Whether a client got the token for itself: then its subject is the client (RFC 9068, section 2.2; RFC 7521, section 6.1). */
function isClientItself(claims: JWTPayload): boolean {
  const client = claims['client_id'] ?? claims['azp'];
  return typeof client === 'string' && client === claims.sub;
}

function hasClaim(claims: JWTPayload, expression: string): boolean {
  const at = expression.indexOf('=');
  return valuesOf(claims[expression.slice(0, at)]).includes(expression.slice(at + 1));
}

function valuesOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((item) =>
    typeof item === 'string'
      ? [item]
      : typeof item === 'number' || typeof item === 'boolean'
        ? [String(item)]
        : [],
  );
}

/** What policy conditions may read; cut to nothing rather than to a part when it is too much. */
function policyClaims(claims: JWTPayload): JsonObject {
  const kept = Object.entries(claims).filter(([name]) => !PROTOCOL_CLAIMS.has(name));
  const text = JSON.stringify(Object.fromEntries(kept));
  return text.length > MAX_CLAIMS_BYTES ? {} : (JSON.parse(text) as JsonObject);
}
