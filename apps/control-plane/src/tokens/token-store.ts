import { PrincipalSchema, type Principal } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import { countChange } from '../changes/change-topics.ts';
import type { Database, Prisma, Queries } from '../database/database.ts';
import { fromStored, toStored } from '../database/stored-message.ts';
import { newIdentifier } from '../identifier.ts';
import { hashToken, isTokenShaped, newToken } from './token-format.ts';

/** A token as the database knows it: everything but the token. */
export interface TokenRecord {
  readonly id: string;
  readonly principal: Principal;
  /** Empty: every target that policy opens. */
  readonly targets: readonly string[];
  /** Empty: every action that policy allows. */
  readonly actions: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export interface TokenGrant {
  readonly principal: Principal;
  readonly targets: readonly string[];
  readonly actions: readonly string[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Stores a new token; gives it in clear, the only time that it is. */
export async function issueToken(
  { prisma }: Database,
  grant: TokenGrant,
): Promise<{ readonly token: string; readonly id: string }> {
  const token = newToken('spt');
  const id = newIdentifier('tok');
  const { principal, targets, actions, issuedAt, expiresAt } = grant;
  await prisma.accessToken.create({
    data: {
      id,
      hash: hashToken(token),
      principalId: principal.id,
      principalName: principal.name,
      principal: toStored(PrincipalSchema, principal),
      targets: [...targets],
      actions: [...actions],
      issuedAt,
      expiresAt,
    },
  });
  return { token, id };
}

/** The valid token's record. Throws an AccessError that says what is wrong with any other. */
export async function authenticateToken(
  { prisma }: Database,
  token: string,
  now: Date,
): Promise<TokenRecord> {
  if (token === '') throw new AccessError('token_missing', 'No token was given.');
  const row = isTokenShaped('spt', token)
    ? await prisma.accessToken.findUnique({ where: { hash: hashToken(token) } })
    : null;
  return usableToken(row === null ? null : toTokenRecord(row), now);
}

/** The token of an id that something else says to stand for it; null where there is none. */
export async function findToken({ prisma }: Database, id: string): Promise<TokenRecord | null> {
  const row = await prisma.accessToken.findUnique({ where: { id } });
  return row === null ? null : toTokenRecord(row);
}

/** The token, if it can be used. Throws an AccessError that says why not. */
export function usableToken(token: TokenRecord | null, now: Date): TokenRecord {
  if (token === null) throw new AccessError('token_invalid', 'The token is not valid.');
  if (token.revokedAt !== null) throw new AccessError('token_revoked', 'The token was revoked.');
  if (token.expiresAt <= now) throw new AccessError('token_expired', 'The token has expired.');
  return token;
}

export function toTokenRecord(row: Prisma.AccessTokenGetPayload<object>): TokenRecord {
  const { id, targets, actions, issuedAt, expiresAt, revokedAt } = row;
  return {
    id,
    targets,
    actions,
    issuedAt,
    expiresAt,
    revokedAt,
    principal: fromStored(PrincipalSchema, row.principal),
  };
}

/** The principal's tokens that have not expired, newest first; everybody's if none is named. */
export async function listTokens(
  { prisma }: Database,
  principalId: string | undefined,
  now: Date,
): Promise<readonly TokenRecord[]> {
  const rows = await prisma.accessToken.findMany({
    where: { expiresAt: { gt: now }, ...(principalId === undefined ? {} : { principalId }) },
    orderBy: { issuedAt: 'desc' },
    take: 1000,
  });
  return rows.map(toTokenRecord);
}

/** Revokes a token, of that principal if one is named; gives whether there is such a token. Live sessions of it end. */
export async function revokeToken(
  database: Database,
  id: string,
  principalId: string | undefined,
  actor: string,
  now: Date,
): Promise<boolean> {
  return database.prisma.$transaction(async (queries) => {
    const where = { id, ...(principalId === undefined ? {} : { principalId }) };
    if ((await queries.accessToken.count({ where })) === 0) return false;
    await queries.accessToken.updateMany({
      where: { ...where, revokedAt: null },
      data: { revokedAt: now, revokedBy: actor },
    });
    await countChange(queries, 'access');
    return true;
  });
}

const KEPT_AFTER_EXPIRY_MS = 30 * 86_400_000;

/** Forgets tokens and join tokens that expired long ago. */
export async function forgetOldTokens(queries: Queries, now: Date): Promise<void> {
  const where = { expiresAt: { lt: new Date(now.getTime() - KEPT_AFTER_EXPIRY_MS) } };
  await queries.accessToken.deleteMany({ where });
  await queries.joinToken.deleteMany({ where });
}
