import { AccessError } from '@sallyport/errors';
import type { Database } from '../database/database.ts';
import { newIdentifier } from '../identifier.ts';
import { hashToken, isTokenShaped, newToken } from '../tokens/token-format.ts';
import type { Component } from './component.ts';

export interface NewJoinToken {
  readonly kind: Component['kind'];
  readonly createdBy: string;
  readonly expiresAt: Date;
}

/** Stores a new one-time token; gives it in clear, the only time that it is. */
export async function createJoinToken(
  { prisma }: Database,
  { kind, createdBy, expiresAt }: NewJoinToken,
): Promise<string> {
  const token = newToken('spj');
  await prisma.joinToken.create({
    data: { id: newIdentifier('jtk'), hash: hashToken(token), kind, createdBy, expiresAt },
  });
  return token;
}

/** Uses a token up for a component: one UPDATE, so that of two that try only one succeeds. Throws if it is not good for it. */
export async function redeemJoinToken(
  { prisma }: Database,
  token: string,
  component: Component,
  now: Date,
): Promise<void> {
  const shaped = isTokenShaped('spj', token);
  const { count } = shaped
    ? await prisma.joinToken.updateMany({
        where: { hash: hashToken(token), kind: component.kind, usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now, usedBy: component.id },
      })
    : { count: 0 };
  if (count !== 1)
    throw new AccessError(
      'token_invalid',
      'The join token is not valid: it was used, has expired, or is for another kind of component.',
    );
}
