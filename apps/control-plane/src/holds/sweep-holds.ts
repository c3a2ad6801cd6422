import { HoldStatus } from '@sallyport/contracts/dataplane';
import { countChange } from '../changes/change-topics.ts';
import type { Database } from '../database/database.ts';
import { SESSION_STATES } from '../sessions/session-record.ts';

/** Settles holds whose time is up, approvals nobody used in time, and waits of sessions whose proxy is lost. Any replica may, at any time. Gives whether there was something. */
export async function sweepHolds({ prisma }: Database, now: Date): Promise<boolean> {
  const open = [HoldStatus.WAITING, HoldStatus.APPROVED];
  const overdue = { status: { in: open }, expiresAt: { lte: now } };
  const waiting = await prisma.hold.findMany({
    where: { status: HoldStatus.WAITING },
    select: { sessionId: true },
  });
  const lost = await prisma.session.findMany({
    where: { id: { in: waiting.map(({ sessionId }) => sessionId) }, state: SESSION_STATES.lost },
    select: { id: true },
  });
  if (lost.length === 0 && (await prisma.hold.count({ where: overdue })) === 0) return false;
  await prisma.$transaction(async (queries) => {
    await queries.hold.updateMany({ where: overdue, data: { status: HoldStatus.TIMED_OUT, settledAt: now } });
    await queries.hold.updateMany({
      where: { status: HoldStatus.WAITING, sessionId: { in: lost.map(({ id }) => id) } },
      data: { status: HoldStatus.WITHDRAWN, settledAt: now },
    });
    await countChange(queries, 'holds');
  });
  return true;
}
