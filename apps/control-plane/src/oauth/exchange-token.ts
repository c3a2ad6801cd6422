import type { Logger } from '@sallyport/service-kit';
import type { Database } from '../database/database.ts';
import type { IssuerKeys } from '../identity/issuer-keys.ts';
import { principalOfClaims } from '../identity/principal-of-claims.ts';
import { verifyIdentityToken, type VerifiedIdentity } from '../identity/verify-identity-token.ts';
import { lockMatches, readLocks } from '../locks/lock-store.ts';
import type { ExchangeOutcome } from '../metrics.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { issueToken } from '../tokens/token-store.ts';
import { readTokenRequest, type OAuthError, type TokenRequest } from './token-request.ts';

export interface TokenExchangeOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  readonly issuerKeys: IssuerKeys;
  readonly lifetimes: { readonly defaultLifetimeSeconds: number; readonly maxLifetimeSeconds: number };
  readonly logger: Logger;
  readonly now: () => Date;
}

/** A successful answer (RFC 8693, section 2.2.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly issued_token_type: 'urn:ietf:params:oauth:token-type:access_token';
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope?: string;
}

/** Trades a JWT of a trusted issuer for a short-lived Sallyport token. */
export async function exchangeToken(
  options: TokenExchangeOptions,
  form: URLSearchParams,
): Promise<TokenResponse | OAuthError> {
  const request = readTokenRequest(form);
  if ('error' in request) return request;
  const { resources, issuerKeys, logger } = options;
  const now = options.now();
  const snapshot = await resources.current();
  const verification = await verifyIdentityToken(
    request.subjectToken,
    request.subjectTokenType,
    snapshot.issuers.values(),
    issuerKeys,
    now,
  );
  switch (verification.kind) {
    case 'rejected':
      logger.warn('token exchange refused', { reason: verification.reason });
      return refused(`the subject token was refused: ${verification.reason}`);
    case 'unavailable':
      logger.error('keys of an issuer cannot be had', { error: verification.cause });
      return {
        status: 503,
        error: 'temporarily_unavailable',
        description: 'the keys of the issuer cannot be fetched now',
      };
    case 'verified':
      return grantToken(options, request, verification.identity, now);
    default:
      return verification satisfies never;
  }
}

/** How an exchange ended, as metrics count it. */
export function outcomeOf(answer: object): ExchangeOutcome {
  if (!('error' in answer)) return 'issued';
  return answer.error === 'temporarily_unavailable' ? 'unavailable' : 'refused';
}

async function grantToken(
  options: TokenExchangeOptions,
  request: TokenRequest,
  identity: VerifiedIdentity,
  now: Date,
): Promise<TokenResponse | OAuthError> {
  const { database, logger } = options;
  const principal = principalOfClaims(identity);
  const locks = await readLocks(database.prisma, now);
  if (locks.some((lock) => lockMatches(lock, principal, undefined))) return refused('access is locked');
  const expiresIn = lifetimeOf(request, options);
  const expiresAt = new Date(now.getTime() + expiresIn * 1000);
  const { targets, actions } = request;
  const { token, id } = await issueToken(database, { principal, targets, actions, issuedAt: now, expiresAt });
  const { id: principalId, name: principalName } = principal;
  const issuer = identity.issuer.name;
  logger.info('token issued', {
    tokenId: id,
    principalId,
    principalName,
    issuer,
    targets,
    actions,
    expiresIn,
  });
  return {
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: expiresIn,
    ...(actions.length === 0 ? {} : { scope: actions.join(' ') }),
  };
}

function lifetimeOf({ lifetimeSeconds }: TokenRequest, { lifetimes }: TokenExchangeOptions): number {
  return Math.min(lifetimeSeconds ?? lifetimes.defaultLifetimeSeconds, lifetimes.maxLifetimeSeconds);
}

function refused(description: string): OAuthError {
  return { status: 400, error: 'invalid_grant', description };
}
