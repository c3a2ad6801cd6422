import { HoldStatus } from '@sallyport/contracts/dataplane';
import { countChange } from '../changes/change-topics.ts';
import type { Database } from '../database/database.ts';

/**
 * The caller no longer waits. An approval that has come already stays, for the caller to
 * use by sending the statement again.
 */
export async function withdrawHold({ prisma }: Database, holdId: string, now: Date): Promise<void> {
  await prisma.$transaction(async (queries) => {
    const { count } = await queries.hold.updateMany({
      where: { id: holdId, status: HoldStatus.WAITING },
      data: { status: HoldStatus.WITHDRAWN, settledAt: now },
    });
    if (count > 0) await countChange(queries, 'holds');
  });
}
