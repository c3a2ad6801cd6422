import { SealState } from '@sallyport/contracts/event';
import type { Database } from '../database/database.ts';
import { SESSION_STATES } from '../sessions/session-record.ts';

const MAX_LISTED = 1000;

/**
 * Marks sessions as lost whose proxy has not been heard of for so long. Any replica may,
 * at any time; the proxy gets back what is not sealed yet if it comes back.
 */
export async function markLostSessions(
  { prisma }: Database,
  lostAfterMs: number,
  now: Date,
): Promise<number> {
  const before = new Date(now.getTime() - lostAfterMs);
  const silent = await prisma.component.findMany({
    where: { kind: 'proxy', OR: [{ lastSeenAt: null }, { lastSeenAt: { lt: before } }] },
    select: { id: true },
  });
  if (silent.length === 0) return 0;
  const { count } = await prisma.session.updateMany({
    where: {
      state: SESSION_STATES.open,
      openedAt: { lt: before },
      proxyId: { in: silent.map(({ id }) => id) },
    },
    data: { state: SESSION_STATES.lost, closedAt: now, closeReason: 'proxy_lost' },
  });
  return count;
}

const EXPIRED_GRACE_MS = 60_000;

/** Marks sessions as lost that outlived their token: the proxy was told to end them, and knows nothing of them. */
export async function markForgottenSessions({ prisma }: Database, now: Date): Promise<number> {
  const { count } = await prisma.session.updateMany({
    where: { state: SESSION_STATES.open, expiresAt: { lt: new Date(now.getTime() - EXPIRED_GRACE_MS) } },
    data: { state: SESSION_STATES.lost, closedAt: now, closeReason: 'token_expired' },
  });
  return count;
}

/** Sessions lost for at least so long, time for a proxy that came back to send what it has, whose recording has no seal. */
export async function listLostSessions(
  { prisma }: Database,
  sealAfterMs: number,
  now: Date,
): Promise<readonly string[]> {
  const rows = await prisma.session.findMany({
    where: {
      state: SESSION_STATES.lost,
      sealState: SealState.UNSPECIFIED,
      closedAt: { lt: new Date(now.getTime() - sealAfterMs) },
    },
    orderBy: { closedAt: 'asc' },
    take: MAX_LISTED,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
