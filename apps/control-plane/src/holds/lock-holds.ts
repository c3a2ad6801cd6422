import { fromBinary } from '@bufbuild/protobuf';
import { HoldSchema } from '@sallyport/contracts/admin';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import { countChange } from '../changes/change-topics.ts';
import type { Queries } from '../database/database.ts';
import { lockMatches, type AccessLock } from '../locks/lock-store.ts';

/** Settles every hold, waiting or approved and not yet used, that a new lock matches. */
export async function lockHolds(queries: Queries, lock: AccessLock, now: Date): Promise<void> {
  const open = [HoldStatus.WAITING, HoldStatus.APPROVED];
  const rows = await queries.hold.findMany({
    where: { status: { in: open } },
    select: { id: true, targetName: true, snapshot: true },
  });
  const ids = rows
    .filter(({ snapshot, targetName }) => {
      const { principal } = fromBinary(HoldSchema, snapshot);
      return principal !== undefined && lockMatches(lock, principal, targetName);
    })
    .map(({ id }) => id);
  if (ids.length === 0) return;
  await queries.hold.updateMany({
    where: { id: { in: ids }, status: { in: open } },
    data: { status: HoldStatus.LOCKED, settledAt: now },
  });
  await countChange(queries, 'holds');
}
