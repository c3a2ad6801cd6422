import type { Principal } from '@sallyport/contracts/access';
import { countChange } from '../changes/change-topics.ts';
import type { Database, Queries } from '../database/database.ts';
import { lockHolds } from '../holds/lock-holds.ts';
import { newIdentifier } from '../identifier.ts';

/** An order that ends and refuses what it matches. */
export interface AccessLock {
  readonly id: string;
  /** "": any principal. Matches whoever has it anywhere in the delegation chain. */
  readonly principalId: string;
  /** "": any group. */
  readonly group: string;
  /** "": any target. */
  readonly targetName: string;
  readonly reason: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Null: until it is deleted. */
  readonly expiresAt: Date | null;
}

/** Whether the lock keeps this principal from this target; without a target, from Sallyport as such. */
export function lockMatches(lock: AccessLock, principal: Principal, targetName: string | undefined): boolean {
  if (lock.targetName !== '' && lock.targetName !== targetName) return false;
  if (lock.group !== '' && !principal.groups.includes(lock.group)) return false;
  return lock.principalId === '' || chainOf(principal).includes(lock.principalId);
}

/** The principal's id and those of all it acts for. */
export function chainOf(principal: Principal): readonly string[] {
  return [principal.id, ...principal.delegationChain.map(({ id }) => id)];
}

/** The locks in force, as of now. */
export function readLocks(queries: Queries, now: Date): Promise<readonly AccessLock[]> {
  return queries.accessLock.findMany({
    where: { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    orderBy: { createdAt: 'asc' },
  });
}

export type NewLock = Pick<
  AccessLock,
  'principalId' | 'group' | 'targetName' | 'reason' | 'createdBy' | 'expiresAt'
>;

/** Creates a lock and settles the holds that it matches; sessions end as replicas see it. */
export async function createLock({ prisma }: Database, lock: NewLock, now: Date): Promise<AccessLock> {
  return prisma.$transaction(async (queries) => {
    const created = await queries.accessLock.create({
      data: { id: newIdentifier('lck'), createdAt: now, ...lock },
    });
    await lockHolds(queries, created, now);
    await countChange(queries, 'access');
    return created;
  });
}

export async function deleteLock({ prisma }: Database, id: string): Promise<boolean> {
  return prisma.$transaction(async (queries) => {
    const { count } = await queries.accessLock.deleteMany({ where: { id } });
    if (count > 0) await countChange(queries, 'access');
    return count > 0;
  });
}
