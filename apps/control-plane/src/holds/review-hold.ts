import { PrincipalSchema, type Principal } from '@sallyport/contracts/access';
import type { Hold } from '@sallyport/contracts/admin';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import { countChange } from '../changes/change-topics.ts';
import type { Database, Queries } from '../database/database.ts';
import { fromStored, toStored } from '../database/stored-message.ts';
import { lockMatches, readLocks } from '../locks/lock-store.ts';
import { holdRequestOf, WITH_REVIEWS, type HoldRow } from './hold-record.ts';
import { isQuorum, reviewRefusal, type ReviewRefusal } from './reviewers.ts';

export interface Review {
  readonly holdId: string;
  readonly reviewer: Principal;
  readonly approved: boolean;
  readonly comment: string;
}

export type ReviewOutcome =
  | { readonly kind: 'reviewed'; readonly row: HoldRow }
  | {
      readonly kind: 'refused';
      readonly reason: ReviewRefusal | 'not-found' | 'settled' | 'already-reviewed' | 'locked';
    };

export interface ReviewContext {
  readonly database: Database;
  readonly approvalLifetimeMs: number;
  readonly now: () => Date;
}

/**
 * Records one review. A rejection settles the hold; an approval does once every group of
 * approvers has its count. The hold's row stays locked meanwhile, so that of two reviews
 * at the same time the second sees the first.
 */
export function reviewHold(
  { database, approvalLifetimeMs, now }: ReviewContext,
  review: Review,
): Promise<ReviewOutcome> {
  return database.prisma.$transaction(async (queries) => {
    await queries.$queryRaw`SELECT id FROM hold WHERE id = ${review.holdId} FOR UPDATE`;
    const row = await queries.hold.findUnique({ where: { id: review.holdId }, include: WITH_REVIEWS });
    const at = now();
    const hold = row === null ? undefined : holdRequestOf(row);
    const reason =
      row === null || hold === undefined
        ? 'not-found'
        : await refusalOf(queries, row, hold, review.reviewer, at);
    if (row === null || hold === undefined || reason !== undefined)
      return { kind: 'refused', reason: reason ?? 'not-found' };
    await queries.holdReview.create({
      data: {
        holdId: row.id,
        principalId: review.reviewer.id,
        principal: toStored(PrincipalSchema, review.reviewer),
        name: review.reviewer.name,
        approved: review.approved,
        comment: review.comment.slice(0, 2000),
        reviewedAt: at,
      },
    });
    const change = settlement(row, hold, review, new Date(at.getTime() + approvalLifetimeMs));
    if (change !== undefined)
      await queries.hold.update({ where: { id: row.id }, data: { ...change, settledAt: at } });
    await countChange(queries, 'holds');
    return {
      kind: 'reviewed',
      row: await queries.hold.findUniqueOrThrow({ where: { id: row.id }, include: WITH_REVIEWS }),
    };
  });
}

async function refusalOf(queries: Queries, row: HoldRow, hold: Hold, reviewer: Principal, now: Date) {
  const refusal = reviewRefusal(hold, reviewer);
  if (refusal !== undefined) return refusal;
  if ((await readLocks(queries, now)).some((lock) => lockMatches(lock, reviewer, row.targetName)))
    return 'locked';
  if (row.status !== HoldStatus.WAITING || row.expiresAt <= now) return 'settled';
  return row.reviews.some(({ principalId }) => principalId === reviewer.id) ? 'already-reviewed' : undefined;
}

function settlement(row: HoldRow, { requirement }: Hold, review: Review, approvalEndsAt: Date) {
  if (!review.approved) return { status: HoldStatus.REJECTED };
  if (requirement === undefined) return undefined;
  const earlier = row.reviews
    .filter(({ approved }) => approved)
    .map(({ principal }) => fromStored(PrincipalSchema, principal));
  return isQuorum(requirement, [...earlier, review.reviewer])
    ? { status: HoldStatus.APPROVED, expiresAt: approvalEndsAt }
    : undefined;
}
