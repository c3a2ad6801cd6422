import type { Database } from '../database/database.ts';
import { SESSION_STATES } from './session-record.ts';

/** The proxy has closed its session. Closing twice, or one that is not its own, changes nothing. */
export async function closeSession(
  { prisma }: Database,
  proxyId: string,
  sessionId: string,
  reason: string,
  now: Date,
): Promise<void> {
  await prisma.session.updateMany({
    where: { id: sessionId, proxyId, state: { in: [SESSION_STATES.open, SESSION_STATES.lost] } },
    data: { state: SESSION_STATES.closed, closedAt: now, closeReason: reason.slice(0, 64) },
  });
}
